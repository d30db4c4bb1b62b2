/** Canaries, and a watch over every place where one could show. */
import type { InspectionEvent } from 'xstate'

const MARK = 'canary'

/** A secret that can be recognised wherever it turns up. */
export const secret = (name: string): string => `${MARK}-${name}`

export interface Watch {
  readonly inspect: (event: InspectionEvent) => void
  readonly error: (thrown: unknown) => void
  readonly see: (where: string, value: unknown) => void
  /** Where a canary was seen. */
  readonly leaks: readonly string[]
  /** How many things were looked at, by place: a watch that saw nothing proves nothing. */
  readonly seen: Readonly<Record<string, number>>
}

export function createWatch(): Watch {
  const leaks: string[] = []
  const seen: Record<string, number> = {}
  const see = (where: string, value: unknown): void => {
    seen[where] = (seen[where] ?? 0) + 1
    const path = findCanary(value)
    if (path !== null) leaks.push(`${where}: ${path}`)
  }
  return {
    inspect(event) {
      const { actorRef, ...rest } = event
      see('inspection', rest)
      // an actor that is being made has nothing to show yet
      if (event.type !== '@xstate.actor') see('snapshot', actorRef.getSnapshot())
    },
    error(thrown) {
      const { message, stack, cause } = thrown as Error
      see('error', { thrown, json: JSON.stringify(thrown), message, stack, cause })
    },
    see,
    leaks,
    seen,
  }
}

/** The path to the first canary below this value; functions and what they close over cannot be looked into. */
export function findCanary(value: unknown): string | null {
  const visited = new Set<object>()
  const walk = (current: unknown, path: string): string | null => {
    if (typeof current === 'string') return current.includes(MARK) ? path : null
    if (typeof current !== 'object' || current === null || visited.has(current)) return null
    visited.add(current)
    const keys = Reflect.ownKeys(current).filter((key) => !isDefinition(key))
    const entries = current instanceof Map ? [...current] : keys.map((key) => [key, read(current, key)] as const)
    for (const [key, inner] of entries) {
      const found = walk(inner, `${path}.${String(key)}`)
      if (found !== null) return found
    }
    return null
  }
  return walk(value, '$')
}

/** The chart as written in the source hangs on every snapshot: the same thousand objects each time, and no data. */
const isDefinition = (key: PropertyKey): boolean => key === 'machine' || key === '_nodes' || key === 'logic'

function read(object: object, key: PropertyKey): unknown {
  try {
    return Reflect.get(object, key) as unknown
  } catch {
    return undefined
  }
}
