import type { AnyTransitionDefinition } from 'xstate'

/** What stands on an arrow: the events and guards of a transition in the words of its author. */

const internal: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/^$/, 'always'],
  [/^\*$/, 'any other event'],
  [/^xstate\.after\.(\d+)\..*$/, 'after $1 ms'],
  [/^xstate\.after\.(.+?)\..*$/, 'after $1'],
  [/^xstate\.done\.state\..*$/, 'done'],
  [/^xstate\.done\.actor\.(?:\d+\.)?(.*)$/, 'done: $1'],
  [/^xstate\.error\.actor\.(?:\d+\.)?(.*)$/, 'error: $1'],
  [/^xstate\.snapshot\.(?:\d+\.)?(.*)$/, 'snapshot: $1'],
]

export function eventWords(type: string): string {
  const found = internal.find(([pattern]) => pattern.test(type))
  return found ? type.replace(found[0], found[1]) : type
}

/** `restore.found [isSpendUnknown]`. A guard that the app replaced says so. */
export function transitionWords({ eventType, guard }: AnyTransitionDefinition, replaced: ReadonlySet<string>): string {
  const condition = guardWords(guard)
  if (condition === null) return eventWords(eventType)
  return `${eventWords(eventType)} [${replaced.has(`guard ${condition}`) ? `${condition} of the app` : condition}]`
}

/** `and`, `or` and `not` of XState are functions that keep the guards they were made of. */
interface Combined {
  readonly type?: string
  readonly name?: string
  readonly guards?: readonly unknown[]
}

function guardWords(guard: unknown): string | null {
  if (guard === undefined || guard === null) return null
  if (typeof guard === 'string') return guard
  const { type, name = '', guards } = guard as Combined
  if (type !== undefined) return type
  if (!guards) return name === '' || name === 'guard' ? 'a guard' : name
  const parts = guards.map(guardWords)
  return name === 'not' ? `not ${parts[0]}` : parts.join(` ${name} `)
}
