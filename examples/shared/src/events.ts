import type { InspectionEvent } from 'xstate'
import { createStore, type Store } from './store.ts'

/** An event the chart has seen: its type, and nothing of what it carried. */
interface SeenEvent {
  /** Counts up, for keys in a list. */
  readonly id: number
  readonly type: string
}

export interface EventLog {
  /** Newest first. */
  readonly seen: Store<readonly SeenEvent[]>
  /** For the `inspect` option of `createAuth`. */
  readonly observe: (event: InspectionEvent) => void
}

const KEPT = 10

export function createEventLog(): EventLog {
  const seen = createStore<readonly SeenEvent[]>([])
  let count = 0
  return {
    seen,
    observe(inspected) {
      if (inspected.type !== '@xstate.event' || inspected.actorRef.sessionId !== inspected.rootId) return
      const { type } = inspected.event
      if (type.startsWith('xstate.')) return
      count += 1
      seen.set([{ id: count, type }, ...seen.get()].slice(0, KEPT))
    },
  }
}
