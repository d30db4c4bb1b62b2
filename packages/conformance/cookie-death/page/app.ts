/** An app whose pages die in the middle of a renewal: its tokens are kept by the handler, or in this browser. */
import { createAuth } from '@authchart/core'
import { bkend } from '@authchart/core/bkend'
import { cookieClient } from '@authchart/core/cookie'
import { browserStorage } from '@authchart/core/storage'
import type { App, Mode } from './app-types.ts'

declare global {
  var tab: App
}

const [, mode] = location.pathname.split('/') as [string, Mode]
const url = document.querySelector<HTMLMetaElement>('meta[name=api]')?.content ?? ''
/** Milliseconds that have passed on the server, and with it here. */
const offset = Number(new URLSearchParams(location.search).get('offset'))

const now = (): number => Date.now() + offset
const clock = {
  now,
  monotonic: () => performance.now() + offset,
  setTimeout: (callback: () => void, milliseconds: number) => setTimeout(callback, milliseconds),
  clearTimeout: (timer: unknown) => clearTimeout(timer as number),
}
const api = bkend({ url, publishableKey: 'pk_demo' })
const auth =
  mode === 'browser'
    ? createAuth({ client: api, storage: browserStorage(), clock })
    : createAuth({
        client: cookieClient<{ readonly id: string }, { readonly email: string; readonly password: string }>({
          url: `/${mode}/auth`,
          now,
          ...(mode === 'cookie' && { api }),
        }),
        clock,
      })

async function readStorage(): Promise<unknown[]> {
  const databases = await indexedDB.databases()
  const settle = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
  const found: unknown[] = []
  for (const { name } of databases) {
    const database = await settle(indexedDB.open(name ?? ''))
    for (const store of database.objectStoreNames)
      found.push(await settle(database.transaction(store).objectStore(store).getAll()))
    database.close()
  }
  return found
}

globalThis.tab = {
  report() {
    const state = auth.getState()
    return {
      status: state.status,
      renewal: 'renewal' in state ? state.renewal : '',
      reason: 'reason' in state ? state.reason : '',
      isConfirmed: 'confirmed' in state && state.confirmed,
      generation: auth.actor.getSnapshot().context.session?.generation ?? 0,
    }
  },
  signIn: async (email, password) => void (await auth.signIn({ email, password })),
  signOut: async () => void (await auth.signOut()),
  ask: async () => (await auth.fetch(mode === 'proxy' ? '/api/v1/data/notes' : `${url}/v1/data/notes`)).status,
  readable: async () =>
    JSON.stringify([
      document.cookie,
      Object.entries(localStorage),
      Object.entries(sessionStorage),
      await readStorage(),
      auth.getState(),
      auth.actor.getPersistedSnapshot(),
      await auth.getAccessToken(),
    ]),
}

// work starts with the first subscriber
auth.subscribe(() => {})
