import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { authMachine } from '@authchart/core'
import { createJiti, type Jiti } from 'jiti'
import type { AnyStateMachine } from 'xstate'
import { Problem } from '../problem.ts'

/** A machine, and which of its parts are the app's own. */
export interface Loaded {
  readonly machine: AnyStateMachine
  readonly replaced: readonly string[]
}

export const ownChart: Loaded = { machine: authMachine, replaced: [] }

/** Runs a module of the app, and takes the chart that it exports: a machine, or an auth, whose actor has one. */
export async function loadChart(file: string, name: string | undefined): Promise<Loaded> {
  const path = resolve(file)
  if (!existsSync(path)) throw new Problem(`${file}: there is no such file.`)
  // no cache on the disk: the command writes what it was asked for, and nothing else
  const jiti = createJiti(pathToFileURL(path).href, {
    fsCache: false,
    interopDefault: false,
    jsx: true,
    tsconfigPaths: true,
  })
  const exported = await run(jiti, path, file)
  const { machine, isAuth } = chosen(exported, name, file)
  const replaced = await replacedIn(jiti, machine)
  return { machine, replaced: isAuth ? [...replaced, ...(await namedGuards(dirname(path)))] : replaced }
}

/** The guards that the app asks by name. An auth tells them to none but itself, so they are read in its files. */
async function namedGuards(folder: string): Promise<readonly string[]> {
  const [{ openProject }, { Resolver }, { readGuards }] = await Promise.all([
    import('../rbac/project.ts'),
    import('../rbac/resolve.ts'),
    import('../rbac/guards.ts'),
  ])
  const { guards } = readGuards(new Resolver(openProject(folder)))
  return Array.from(new Set(guards.map(({ name }) => `can('${name}')`)))
}

/** What the module prints while it loads goes to the other stream: the output is the chart. */
async function run(jiti: Jiti, path: string, file: string): Promise<Readonly<Record<string, unknown>>> {
  const { log, info, debug } = console
  Object.assign(console, { log: console.error, info: console.error, debug: console.error })
  try {
    return await jiti.import(path)
  } catch (thrown) {
    throw new Problem(`${file} cannot be loaded. ${causesOf(thrown).join('\n  because: ')}`, { cause: thrown })
  } finally {
    Object.assign(console, { log, info, debug })
  }
}

function causesOf(thrown: unknown): readonly string[] {
  if (!(thrown instanceof Error)) return [String(thrown)]
  const place = thrown.stack?.split('\n').find((line) => /^\s+at /.test(line) && !line.includes('node:'))
  // TypeScript was compiled in memory: the file is right, and its line is not
  const where = place === undefined ? '' : `\n  ${place.trim().replace(/:\d+:\d+/, '')}`
  const told = `${thrown.name}: ${thrown.message}${where}`
  return thrown.cause === undefined ? [told] : [told, ...causesOf(thrown.cause)]
}

interface Chosen {
  readonly machine: AnyStateMachine
  readonly isAuth: boolean
}

function chosen(exported: Readonly<Record<string, unknown>>, name: string | undefined, file: string): Chosen {
  const charts = Object.entries(exported).flatMap(([key, value]) => {
    const chart = chartIn(value)
    return chart ? [{ key, ...chart }] : []
  })
  const names = charts.map(({ key }) => key)
  const offer = names.length === 0 ? 'It exports no chart at all.' : `It exports ${names.join(', ')}.`
  const wanted = name ?? (names.includes('default') || charts.length !== 1 ? 'default' : names[0])
  const found = charts.find(({ key }) => key === wanted)
  if (found) return found
  if (name !== undefined && name in exported)
    throw new Problem(`${file}: "${name}" is no machine of XState, and no auth. ${offer}`)
  if (name !== undefined) throw new Problem(`${file} has no export "${name}". ${offer}`)
  const choice = names.length > 1 ? ' Choose one by --export.' : ''
  throw new Problem(
    `${file}: the chart should be the default export, or named by --export: a machine of XState, authMachine.provide({ … }), or an auth. ${offer}${choice}`,
  )
}

function chartIn(value: unknown): Chosen | null {
  if (isMachine(value)) return { machine: value, isAuth: false }
  const logic = (value as { readonly actor?: { readonly logic?: unknown } } | null | undefined)?.actor?.logic
  return isMachine(logic) ? { machine: logic, isAuth: true } : null
}

/** By its shape: the app may have another copy of XState. */
function isMachine(value: unknown): value is AnyStateMachine {
  const { root, provide } = (value ?? {}) as Partial<AnyStateMachine>
  return typeof provide === 'function' && typeof root === 'object' && typeof root.states === 'object'
}

const kinds = ['guards', 'actions', 'actors'] as const

/** Compared with the machine of the app's own copy of the core. */
async function replacedIn(jiti: Jiti, machine: AnyStateMachine): Promise<readonly string[]> {
  if (machine.id !== authMachine.id) return []
  const core = await jiti.import<typeof import('@authchart/core')>('@authchart/core').catch(() => null)
  const original: AnyStateMachine = core?.authMachine ?? authMachine
  if (machine.config !== original.config) return []
  return kinds.flatMap((kind) => {
    const [own, known] = [machine.implementations[kind], original.implementations[kind]]
    return Object.keys(own)
      .filter((part) => own[part] !== known[part])
      .map((part) => `${kind.slice(0, -1)} ${part}`)
  })
}
