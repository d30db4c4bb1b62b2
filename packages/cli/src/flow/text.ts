/** How wide a text is, about. The font of an image is the one that the reader's machine has: none is as wide as this says. */

const narrow = new Set("iljtfrI.,:;'|![]() ")
const wide = new Set('mwMW@%')

export function widthOf(text: string, size: number): number {
  let width = 0
  for (const letter of text) {
    if (narrow.has(letter)) width += 0.36
    else if (wide.has(letter)) width += 0.92
    else if (/[A-Z]/.test(letter)) width += 0.7
    else width += 0.585
  }
  return Math.ceil(width * size)
}
