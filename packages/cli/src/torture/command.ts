import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createJiti } from 'jiti'
import { Problem } from '../problem.ts'
import type { TortureAdapter } from './adapter.ts'
import { toTable } from './table.ts'
import { torture, type Verdict } from './torture.ts'

export interface TortureOptions {
  /** Prints JSON. */
  readonly json?: boolean
  /** Says what was seen and does not fail. */
  readonly report?: boolean
}

/** Runs the stories on each adapter. Returns the exit code: 1 if a client does not survive one of them. */
export async function runTorture(files: readonly string[], { json, report }: TortureOptions): Promise<number> {
  const results = new Map<string, readonly Verdict[]>()
  for (const file of files) {
    const adapter = await load(file)
    results.set(adapter.name, await torture(adapter))
  }
  console.log(json ? JSON.stringify(Object.fromEntries(results), null, 2) : toTable(results))
  const hasFailed = [...results.values()].flat().some(({ problem }) => problem !== null)
  return hasFailed && !report ? 1 : 0
}

async function load(file: string): Promise<TortureAdapter> {
  const path = resolve(file)
  let adapter: Partial<TortureAdapter>
  try {
    adapter = await createJiti(pathToFileURL(path).href).import(path, { default: true })
  } catch (cause) {
    throw new Problem(`${file} cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
  const { name, open } = adapter
  if (typeof name !== 'string' || typeof open !== 'function')
    throw new Problem(`${file} has to export { name, open } as its default: see "authchart torture --help"`)
  return { name, open }
}
