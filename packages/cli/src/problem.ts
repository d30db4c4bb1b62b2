/** What the user of the command can mend: it is told in its own words, without a stack. */
export class Problem extends Error {
  override readonly name = 'Problem'
}
