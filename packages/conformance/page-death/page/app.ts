/** An app as its users leave it: right after a sign-out, or in the middle of a renewal. */
import { createAuth, type AuthStorage } from '@authchart/core'
import { bkend } from '@authchart/core/bkend'
import { browserStorage } from '@authchart/core/storage'
import type { App, Mode, Report, Way } from './app-types.ts'

declare global {
  var app: App
}

const [, mode] = location.pathname.split('/') as [string, Mode]
const api = document.querySelector<HTMLMetaElement>('meta[name=api]')?.content ?? ''
const home = `/${mode}/`
const login = `/${mode}/login`
const load = crypto.randomUUID()
/** An access token lives for an hour. */
const LATER = 3700 * 1000
const offset = mode === 'later' ? LATER : 0

/** Says which page asks: the server's CORS takes no header of ours. */
const taggedFetch: typeof fetch = (input, init) =>
  fetch(`${input as string}?page=${load}`, mode === 'unaided' ? { ...init, keepalive: false } : init)

const auth = createAuth({
  client: bkend({ url: api, publishableKey: 'pk_demo', fetch: taggedFetch }),
  storage: mode === 'unaided' ? withoutTwin(browserStorage()) : browserStorage(),
  clock: {
    now: () => Date.now() + offset,
    monotonic: () => performance.now() + offset,
    setTimeout: (callback, milliseconds) => setTimeout(callback, milliseconds),
    clearTimeout: (timer) => clearTimeout(timer as number),
  },
})

/** The control: a page leaves no word for the next one. */
function withoutTwin({ twin: _, ...storage }: AuthStorage): AuthStorage {
  return storage
}

const shown: Report['shown'][number][] = []

function report(): Report {
  const state = auth.getState()
  return {
    load,
    shown,
    status: state.status,
    renewal: 'renewal' in state ? state.renewal : '',
    reason: 'reason' in state ? state.reason : '',
    isConfirmed: 'confirmed' in state && state.confirmed,
    isReloaded: performance.getEntriesByType('navigation').some((entry) => 'type' in entry && entry.type === 'reload'),
  }
}

const ways: Readonly<Record<Way, () => void>> = {
  'location.href'() {
    void auth.signOut()
    location.href = login
  },
  'location.replace'() {
    void auth.signOut()
    location.replace(login)
  },
  'location.reload'() {
    void auth.signOut()
    location.reload()
  },
  'location.href after 3 ms'() {
    void auth.signOut()
    setTimeout(() => {
      location.href = login
    }, 3)
  },
  'window.close'() {
    void auth.signOut()
    window.close()
  },
  // the driver does the rest
  'tab closed': () => void auth.signOut(),
}

globalThis.app = {
  report,
  async signIn(email, password) {
    await auth.signIn({ email, password })
    return load
  },
  // in a task of its own: the driver has its answer before the page is gone
  leave: (way) => (way === 'tab closed' ? ways[way]() : void setTimeout(ways[way])),
}

// work starts with the first subscriber
auth.subscribe(({ status }) => shown.push(status))

// the one reload of a page that opened too late
const reloadAfter = Number(new URLSearchParams(location.search).get('reload'))
if (reloadAfter > 0 && sessionStorage.getItem(home) === null) {
  sessionStorage.setItem(home, 'reloaded')
  setTimeout(() => location.reload(), reloadAfter)
}
