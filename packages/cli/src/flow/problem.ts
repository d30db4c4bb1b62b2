/** What the user can do something about. Anything else is a fault of the command. */
export class FlowProblem extends Error {
  override readonly name = 'FlowProblem'
}
