/** An app whose pages die in the middle of a renewal: its tokens are kept by the handler, by a worker, or by the page. */
import { createAuth } from '@authchart/core'
import { bkend, type BkendCredentials, type BkendUser } from '@authchart/core/bkend'
import { cookieClient } from '@authchart/core/cookie'
import { browserStorage } from '@authchart/core/storage'
import { workerCustody } from '@authchart/core/worker'
import type { App, Mode } from './app-types.ts'
// oxlint-disable-next-line import/default -- the address that Vite builds it at
import workerUrl from './auth-worker.ts?worker&url'
import { clockAfter } from './clock.ts'

declare global {
  var tab: App
}

const [, mode] = location.pathname.split('/') as [string, Mode]
const url = document.querySelector<HTMLMetaElement>('meta[name=api]')?.content ?? ''
/** Milliseconds that have passed on the server, and with it here. */
const offset = Number(new URLSearchParams(location.search).get('offset'))

const workerAddress = `${workerUrl}?api=${encodeURIComponent(url)}`
const scope = new URL('custody/', new URL(workerUrl, location.href)).href
const clock = clockAfter(() => offset)
const api = bkend({ url, publishableKey: 'pk_demo' })
const client = clientFor(mode)
const auth = createAuth({ client, ...(mode === 'browser' && { storage: browserStorage() }), clock })

function clientFor(chosen: Mode) {
  if (chosen === 'browser') return api
  if (chosen === 'worker') return workerCustody({ client: api, url: workerAddress, scope })
  return cookieClient<BkendUser, BkendCredentials>({
    url: `/${chosen}/auth`,
    now: clock.now,
    ...(chosen === 'cookie' && { api }),
  })
}

/** The worker's clock goes on with this page's. */
async function setWorkerClock(): Promise<void> {
  const registration = await navigator.serviceWorker.register(workerAddress, { scope })
  const worker = registration.active ?? registration.installing ?? registration.waiting
  worker?.postMessage({ offset })
}

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
      custody: auth.capabilities().custody,
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

if (mode === 'worker') await setWorkerClock()
// work starts with the first subscriber
auth.subscribe(() => {})
