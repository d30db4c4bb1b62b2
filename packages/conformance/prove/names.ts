/**
 * Names: the code compares the names of records, tokens and pages and does nothing else with them, so pages that differ
 * in names alone do the same. Each page numbers the names in the order in which it meets them.
 */

/** A name as the world and the trie of pages write it. */
const NAME = /~(\d+)~/g
/** A random word of a page: sixteen bytes, the last four of which count. */
const RANDOM = /a1b2c3d4[0-9a-f]{24}/g

/** The names of one page that runs. */
export function createNames() {
  /** By number: what it is called inside the page. */
  const inside: string[] = []
  const numbers = new Map<string, number>()
  const numberOf = (word: string): number => {
    const known = numbers.get(word)
    if (known !== undefined) return known
    numbers.set(word, inside.length)
    return inside.push(word) - 1
  }
  return {
    count: (): number => inside.length,
    /** Makes a random word of the page. */
    fill(array: Uint8Array, count: number): void {
      array.set([0xa1, 0xb2, 0xc3, 0xd4])
      new DataView(array.buffer).setUint32(array.length - 4, count)
    },
    /** As the page knows them. */
    take: (text: string): string =>
      text.replace(NAME, (name, digits: string) => inside[Number(digits)] ?? inside[numberOf(name)] ?? ''),
    /** As they are numbered. */
    give: (text: string): string =>
      text.replace(NAME, (name) => `~${numberOf(name)}~`).replace(RANDOM, (word) => `~${numberOf(word)}~`),
  }
}

/** From the names of the world to those of a page; one that it meets first gets its next number. */
export function toPage(text: string, known: string[]): string {
  return text.replace(NAME, (name) => {
    const at = known.indexOf(name)
    return `~${at >= 0 ? at : known.push(name) - 1}~`
  })
}

/** From the names of a page to those of the world. */
export function toWorld(text: string, known: readonly string[]): string {
  return text.replace(NAME, (_, digits: string) => known[Number(digits)]!)
}

/** Names by the order in which they stand in the text. */
export function renumber(text: string): string {
  const order = new Map<string, number>()
  return text.replace(NAME, (_, digits: string) => {
    let number = order.get(digits)
    if (number === undefined) order.set(digits, (number = order.size))
    return `~${number}~`
  })
}
