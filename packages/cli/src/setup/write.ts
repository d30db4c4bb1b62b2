import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { SetupError } from './errors.ts'
import type { Step } from './plan.ts'

/**
 * Writes all files, or none.
 *
 * @throws SetupError `'not-written'` after everything was put back as it was
 */
export function writeFiles(folder: string, steps: readonly Step[]): void {
  const undo: (() => void)[] = []
  try {
    for (const { path, before, wanted } of steps) {
      if (!('text' in wanted)) continue
      const target = join(folder, path)
      const made = mkdirSync(dirname(target), { recursive: true })
      if (made !== undefined) undo.push(() => rmSync(made, { recursive: true, force: true }))
      if (before !== null) undo.push(() => writeFileSync(target, before))
      // `wx` refuses a file that came since the plan was made
      writeFileSync(target, wanted.text, { flag: before === null ? 'wx' : 'w' })
      if (before === null) undo.push(() => rmSync(target, { force: true }))
    }
  } catch (cause) {
    for (const putBack of undo.toReversed()) putBack()
    const { message } = cause as Error
    throw new SetupError('not-written', `Nothing was changed, because a file could not be written: ${message}`, {
      cause,
    })
  }
}
