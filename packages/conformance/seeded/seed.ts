import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Bug } from './bugs.ts'

export const pathOf = ({ file }: Pick<Bug, 'file'>): string =>
  fileURLToPath(new URL(`../../core/src/${file}`, import.meta.url))

/** The source with the bug in it. Throws if the text is not there exactly once: then the bug has to be written anew. */
export function seed(bug: Omit<Bug, 'killer'>, code = readFileSync(pathOf(bug), 'utf8')): string {
  const times = code.split(bug.from).length - 1
  if (times !== 1) throw new Error(`"${bug.name}": ${bug.file} has this ${times} times, not once: ${bug.from}`)
  return code.replace(bug.from, () => bug.to)
}
