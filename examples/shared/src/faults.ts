import type { Auth } from '@authchart/core'
import type { Api } from './api.ts'
import type { DemoNetwork } from './network.ts'
import { SERVER_URL } from './settings.ts'
import { createStore, type Store } from './store.ts'

/** What goes wrong until it is switched off, or, for `drop`, until it has gone wrong once. */
export type Fault = 'drop' | 'unavailable' | 'slow' | 'offline'

interface FaultsView {
  readonly on: Readonly<Record<Fault, boolean>>
  /** What the last button did, and what to watch for. */
  readonly note: string
}

/** Makes the world misbehave, by the control routes of the example server. Never rejects. */
export interface Faults {
  readonly view: Store<FaultsView>
  /** The server refuses the access token from now on; the refresh token stays good. */
  readonly expireAccess: () => Promise<void>
  /** The server ends every session of this user. */
  readonly endSessions: () => Promise<void>
  readonly toggle: (fault: Fault) => Promise<void>
  /** Everything works again. */
  readonly reset: () => Promise<void>
  /** Asks the server what is on: another tab or app may have changed it. */
  readonly look: () => Promise<void>
}

export interface FaultsOptions {
  readonly auth: Pick<Auth<{ readonly email: string | null }>, 'getState' | 'subscribe'>
  readonly api: Api
  readonly network: DemoNetwork
  readonly fetch: typeof globalThis.fetch
}

interface ActiveFault {
  readonly id: string
  readonly fault: { readonly kind: string }
}

export const faultWords: Readonly<Record<Fault, string>> = {
  drop: 'Drop next answer',
  unavailable: 'Answer 503',
  slow: 'Go slow',
  offline: 'Go offline',
}

const SLOW_MS = 2500
const RETRY_AFTER_SECONDS = 3

/** How the server calls them. */
const serverFaults = {
  // cut off halfway: a browser sends a request again by itself when the connection dies before anything came back
  drop: { kind: 'truncate', path: '*/auth/refresh' },
  unavailable: { kind: 'status', status: 503, retryAfter: RETRY_AFTER_SECONDS, times: 'always' },
  slow: { kind: 'slow', delay: SLOW_MS, times: 'always' },
} as const

const notes: Readonly<Record<Fault, readonly [on: string, off: string]>> = {
  drop: [
    'The next renewal will reach the server, and its answer will be lost. Renew now to see it.',
    'The next renewal will be answered again.',
  ],
  unavailable: [
    'The server answers 503 to everything. Renew now: it is put off and tried again by itself.',
    'The server answers again.',
  ],
  slow: [
    `The server takes ${SLOW_MS / 1000} s for every answer. Renew now: nothing on the page flickers.`,
    'The server is quick again.',
  ],
  offline: [
    'No request leaves this tab. Renew now: the refresh token is not risked, the renewal waits.',
    'The connection is back, and what waited goes on.',
  ],
}

export function createFaults({ auth, api, network, fetch }: FaultsOptions): Faults {
  const nothing: FaultsView['on'] = { drop: false, unavailable: false, slow: false, offline: false }
  const view = createStore<FaultsView>({ on: nothing, note: '' })
  const note = (text: string) => view.set({ ...view.get(), note: text })
  network.offline.subscribe(() => view.set({ ...view.get(), on: { ...view.get().on, offline: network.offline.get() } }))

  function show(active: readonly ActiveFault[]): void {
    const has = (kind: string) => active.some(({ fault }) => fault.kind === kind)
    const { on } = view.get()
    const next = {
      drop: has(serverFaults.drop.kind),
      unavailable: has(serverFaults.unavailable.kind),
      slow: has(serverFaults.slow.kind),
      offline: network.offline.get(),
    }
    const isSame = (Object.keys(next) as Fault[]).every((fault) => next[fault] === on[fault])
    if (!isSame) view.set({ ...view.get(), on: next })
  }

  /** Says what came of it; null: the control routes cannot be reached. */
  async function control(path: string, body?: object): Promise<unknown> {
    try {
      const response = await fetch(`${SERVER_URL}/__control${path}`, {
        ...(body && { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
      })
      if (response.ok) return await response.json()
    } catch {
      // said below
    }
    note('The control routes of the example server cannot be reached. Is it running?')
    return null
  }

  async function changeFaults(body: object): Promise<boolean> {
    const answer = (await control('/faults', body)) as { faults: readonly ActiveFault[] } | null
    if (answer) show(answer.faults)
    return answer !== null
  }

  async function activeFaults(): Promise<readonly ActiveFault[] | null> {
    const answer = (await control('/faults')) as { faults: readonly ActiveFault[] } | null
    return answer?.faults ?? null
  }

  async function toggle(fault: Fault): Promise<void> {
    if (fault === 'offline') {
      const isOffline = !network.offline.get()
      network.setOffline(isOffline)
      return note(notes.offline[isOffline ? 0 : 1])
    }
    const { kind } = serverFaults[fault]
    const active = await activeFaults()
    if (!active) return
    const ids = active.filter((one) => one.fault.kind === kind).map(({ id }) => id)
    const isOn = ids.length > 0
    if (await changeFaults(isOn ? { remove: ids } : serverFaults[fault])) note(notes[fault][isOn ? 1 : 0])
  }

  const emailNow = (): string | null => auth.getState().user?.email ?? null
  const saySignedOut = () => note('No user is signed in here.')

  async function look(): Promise<void> {
    const active = await activeFaults()
    if (active) show(active)
  }

  return {
    view,
    look,
    toggle,
    async expireAccess() {
      const email = emailNow()
      if (!email) return saySignedOut()
      if ((await control('/faults', { kind: 'expire-access', email })) === null) return
      // a client hears of it by the answer to its next request
      const answer = await api.ping()
      note(
        answer.ok
          ? 'The server refused the access token; it was renewed and the request was sent again.'
          : `The server ended the access token, and a request came to nothing. ${answer.message}`,
      )
    },
    async endSessions() {
      const email = emailNow()
      if (!email) return saySignedOut()
      if ((await control(`/users/${encodeURIComponent(email)}`, { endSessions: true })) === null) return
      note('The server ended every session of this user.')
      await api.ping()
    },
    async reset() {
      network.setOffline(false)
      if (await changeFaults({ kind: 'reset' })) note('Everything works again.')
    },
  }
}
