import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { Problem } from './problem.ts'

/** Writes a file that the user asked for, in a folder that is made if there is none. @throws Problem that says why not */
export function writeText(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  } catch (cause) {
    throw new Problem(`${path} cannot be written. ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}
