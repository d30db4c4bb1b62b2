import { readFileSync } from 'node:fs'
import type { AuthMachine } from '@authchart/core'

/** The steps of a renewal and what can come of each: read from the functions of these names in the code. */

export interface RenewalFacts {
  readonly steps: readonly { readonly name: string; readonly outcomes: readonly string[] }[]
  readonly outcomes: readonly { readonly name: string; readonly event: string; readonly state: string }[]
}

const source = (file: string): string =>
  readFileSync(new URL(`../../packages/core/src/${file}.ts`, import.meta.url), 'utf8')

/** Each outcome: the calls in the code that bring it, and the event that the chart hears of it. What another tab renewed is adopted. */
const outcomes = [
  { name: 'renewed', call: /\b(?:onRenewed|reconcile)\(/, event: 'session.renewed' },
  { name: 'put off', call: /\b(?:backOff|deferred)\(/, event: 'refresh.deferred' },
  { name: 'lost', call: /\blost\(/, event: 'refresh.lost' },
  { name: 'ended', call: /\bonEnded\(/, event: 'session.ended' },
] as const

/** What stands in the code for a step, beside the function of its name. */
const also: Readonly<Record<string, readonly string[]>> = { lock: ['createBroker'], read: ['permit'] }

/** What is looked at by itself, or belongs to no step. */
const apart = ['permit', 'renew', 'lost', 'unlessStalled', 'exchangeOnce']

export function renewalFacts(machine: AuthMachine): RenewalFacts {
  const types = source('machine/types')
  const union = /type RenewalStep = ([^\n]+)/.exec(types)?.[1] ?? ''
  const names = [...union.matchAll(/'(\w+)'/g)].map(([, name]) => name ?? '')
  const code = ['broker', 'renewal', 'store'].map((file) => source(`custody/${file}`)).join('\n')
  const functions = functionsIn(code)
  const steps = names.map((name) => {
    if (!code.includes(`onStep('${name}')`)) throw new Error(`The custody reports no step "${name}"`)
    const body = bodyOf(functions, [name, ...(also[name] ?? [])], new Set([...names, ...apart]))
    return { name, outcomes: outcomes.filter(({ call }) => call.test(body)).map((outcome) => outcome.name) }
  })
  return { steps, outcomes: outcomes.map(({ name, event }) => ({ name, event, state: stateAfter(machine, event) })) }
}

/** Those of the modules, by name. */
function functionsIn(code: string): ReadonlyMap<string, string> {
  const found = code.matchAll(/^(?:export )?(?:async )?function (\w+)[\s\S]*?\n}$/gm)
  return new Map([...found].map(([text, name]) => [name ?? '', text]))
}

/** With the helpers that it calls; what another step does is that step's. */
function bodyOf(functions: ReadonlyMap<string, string>, names: readonly string[], others: ReadonlySet<string>): string {
  const seen = new Set<string>()
  const collect = (name: string): string => {
    const text = functions.get(name)
    if (text === undefined || seen.has(name)) return ''
    seen.add(name)
    const called = [...functions.keys()].filter(
      (other) => !others.has(other) && new RegExp(`\\b${other}\\(`).test(text),
    )
    return [text, ...called.map(collect)].join('\n')
  }
  return names.map(collect).join('\n')
}

/** Where the chart goes from `refreshing`. */
function stateAfter(machine: AuthMachine, event: string): string {
  const authenticated = machine.root.states['session']?.states['authenticated']
  for (const node of [authenticated?.states['refreshing'], authenticated]) {
    const [target] = [...(node?.transitions ?? [])].find(([type]) => type === event)?.[1][0]?.target ?? []
    if (target) return target.key
  }
  throw new Error(`Nothing happens in refreshing by ${event}`)
}
