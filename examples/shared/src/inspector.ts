import type { AuthActor } from '@authchart/core'
import { createStore, type Store } from './store.ts'

export type InspectorStatus = 'off' | 'connecting' | 'on' | 'unreachable' | 'blocked' | 'unavailable'

export const inspectorWords: Readonly<Record<InspectorStatus, string>> = {
  off: 'Opens stately.ai in a window of its own. It gets states and event types, no data.',
  connecting: 'Looking for stately.ai…',
  on: 'The inspector shows this chart in its own window.',
  unreachable: 'No connection to stately.ai from here. Everything else works without it.',
  blocked: 'The browser blocked the window. Allow pop-ups for this page and switch it on again.',
  unavailable: 'Only in development: this is a production build.',
}

export interface Inspector {
  readonly status: Store<InspectorStatus>
  /** Call it from a click, or the browser will not open the window. */
  readonly toggle: () => Promise<void>
}

const PAGE = 'https://stately.ai/inspect'
const PATIENCE_MS = 3000

/** The Stately inspector on the running chart. Its code is loaded when it is asked for, and in development only. */
export function createInspector(auth: { readonly actor: AuthActor }): Inspector {
  const status = createStore<InspectorStatus>(import.meta.env.DEV ? 'off' : 'unavailable')
  let stop = () => {}

  async function open(): Promise<InspectorStatus> {
    if (!import.meta.env.DEV) return 'unavailable'
    if (!(await canReach(PAGE))) return 'unreachable'
    const { connectInspector } = await import('@authchart/core/inspect')
    const inspector = connectInspector(auth)
    if (!inspector.isOpen) {
      inspector.stop()
      return 'blocked'
    }
    stop = inspector.stop
    return 'on'
  }

  return {
    status,
    async toggle() {
      if (status.get() === 'connecting' || status.get() === 'unavailable') return
      if (status.get() === 'on') {
        stop()
        return status.set('off')
      }
      status.set('connecting')
      status.set(await open().catch(() => 'unreachable' as const))
    },
  }
}

/** Whether there is any answer; what it says cannot be read from here, and need not be. */
async function canReach(url: string): Promise<boolean> {
  try {
    await fetch(url, {
      mode: 'no-cors',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    return true
  } catch {
    return false
  }
}
