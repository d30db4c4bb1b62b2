import { createBrowserInspector, type StatelyInspectionEvent } from '@statelyai/inspect'
import type { AuthContext } from './machine/types.ts'
import type { AuthActor } from './types.ts'

export interface InspectorConnection {
  /** Where the inspector is. Default: Stately's own. A page of yours with `createBrowserReceiver()` does as well. */
  readonly url?: string
  /** Shows it in this frame instead of a window of its own. */
  readonly iframe?: HTMLIFrameElement
}

export interface ConnectedInspector {
  /** False where the browser did not let a window open. */
  readonly isOpen: boolean
  readonly stop: () => void
}

/**
 * Shows the running chart in the Stately inspector: states, transitions and event types, and no data. For development;
 * load it only when asked for. Call it from a click, or the browser will not open the window.
 *
 * @example
 * const { connectInspector } = await import('@authchart/core/inspect')
 * const inspector = connectInspector(auth)
 */
export function connectInspector(
  auth: { readonly actor: AuthActor },
  connection: InspectorConnection = {},
): ConnectedInspector {
  const { actor } = auth
  const inspector = createBrowserInspector({ ...connection, serialize: withoutData })
  // the actor is older than its inspector: introduce it, then go on with what happens
  inspector.actor(actor, actor.getSnapshot())
  inspector.snapshot(actor, actor.getSnapshot())
  const subscription = actor.system.inspect(inspector.inspect)
  return {
    isOpen: connection.iframe !== undefined || inspector.adapter.targetWindow !== null,
    stop() {
      subscription.unsubscribe()
      inspector.stop()
    },
  }
}

/**
 * What may leave: an allow-list, so that whatever the chart will carry one day stays here. The definition is the chart
 * as written in its source.
 */
export function withoutData(event: StatelyInspectionEvent): StatelyInspectionEvent {
  const { type, sessionId, rootId, createdAt, id, _version } = event
  const { name, parentId, definition, sourceId } = event as unknown as Partial<Record<string, string>>
  const own = { type, sessionId, rootId, createdAt, id, _version, name, parentId, definition, sourceId }
  const seen = {
    ...own,
    ...('event' in event && { event: { type: event.event.type } }),
    ...('snapshot' in event && { snapshot: withoutSecrets(event.snapshot) }),
  }
  // the same event with fewer fields
  return seen as unknown as StatelyInspectionEvent
}

function withoutSecrets(snapshot: object): object {
  const { status, value, context } = snapshot as { status?: unknown; value?: unknown; context?: Partial<AuthContext> }
  const { session, ended, error, persistence, attempt } = context ?? {}
  const facts = {
    generation: session?.generation ?? null,
    renewable: session?.renewable ?? null,
    confirmed: session?.confirmed ?? null,
    ended: ended?.reason ?? null,
    error: error?.code ?? null,
    attempt: attempt ?? null,
    persistence: persistence ?? null,
  }
  return { status, value, ...(context && { context: facts }) }
}
