/** Pages of one browser with a worker beside them: the real core on both sides, and real message ports between them. */
import { createAuth } from '@authchart/core'
import { fakeBrowser, fakeClock, fakeNetwork, type FakeTab } from '@authchart/core/testing'
import { serveCustody, workerCustody, type CustodyMessage } from '@authchart/core/worker'
import { vi } from 'vitest'
import type { PageAuth } from '../cookie/page.ts'
import { strictUpstream, type Password, type User } from '../server/support.ts'

export { ada, type User } from '../server/support.ts'
export { is, until } from '../cookie/page.ts'

export interface Page {
  readonly auth: PageAuth
  readonly tab: FakeTab
  /** As when it is closed: nothing it began is finished, its locks are free. */
  readonly kill: () => void
}

type Listener = (event: CustodyMessage) => void

export function world(upstream = strictUpstream(), { hasWorker = true } = {}) {
  const clock = fakeClock()
  const browser = fakeBrowser()
  const client = { ...upstream.client, origin: 'https://api.example' }
  let served = client
  /** What came to a page by any message. */
  const told: unknown[] = []
  let listeners: Listener[] = []
  let workerTab = browser.openTab()
  const ports: MessagePort[] = []

  /** As the browser does: the script is run when a message comes and no worker is there. */
  function run(): void {
    const scope = {
      addEventListener(type: string, listener: (event: never) => void) {
        if (type === 'message') listeners.push(listener as Listener)
      },
    }
    serveCustody<User, Password>({ client: served, storage: workerTab.storage, clock }, scope)
  }

  /** The worker as one page reaches it. */
  function activeFor(page: { isGone: boolean }) {
    return {
      postMessage(data: unknown, [port]: [MessagePort]) {
        if (page.isGone) return
        if (listeners.length === 0) run()
        const post = port.postMessage.bind(port)
        port.postMessage = (answer: unknown) => {
          if (page.isGone) return
          told.push(structuredClone(answer))
          post(answer)
        }
        ports.push(port)
        for (const listener of listeners) listener({ data: structuredClone(data), ports: [port] })
      },
    }
  }

  const pages: { isGone: boolean }[] = []
  const register = async (url: string, { scope }: { readonly scope: string }) => {
    if (!hasWorker) throw new DOMException('no', 'SecurityError')
    // as browsers do
    if (/%2f|%5c/i.test(scope)) throw new TypeError('The scope contains disallowed escape characters')
    return { active: activeFor(pages[Number(url.split('?')[1])]!) }
  }
  vi.stubGlobal('location', { href: 'https://app.example/' })
  vi.stubGlobal('navigator', {
    onLine: true,
    serviceWorker: { register },
    locks: { request: <T>(name: string, work: () => Promise<T>) => workerTab.tabs.lock(name, work) },
  })

  function open(): Page {
    const tab = browser.openTab()
    const page = { isGone: false }
    const url = `/auth-worker.js?${pages.push(page) - 1}`
    const auth = createAuth({
      client: workerCustody<User, Password>({ client, url, storage: tab.storage }),
      tabs: tab.tabs,
      network: fakeNetwork(),
      clock,
      random: () => 0.5,
      guards: { isAdmin: ({ user }) => user.role === 'admin' },
      onWarning: () => {},
    })
    return {
      auth,
      tab,
      kill() {
        page.isGone = true
        tab.kill()
        auth.destroy()
      },
    }
  }

  return {
    upstream,
    clock,
    browser,
    told,
    open,
    record: () => browser.read('authchart:https://api.example') as Promise<Record<string, unknown> | null>,
    /** As a browser does after a while, or in the middle of anything. */
    stopWorker() {
      workerTab.kill()
      workerTab = browser.openTab()
      listeners = []
    },
    /** Another script stands where the worker was. */
    replaceWorker(other: typeof client) {
      served = other
      listeners = []
    },
    close() {
      for (const port of ports) port.close()
    },
  }
}

/** Until every message that is under way has come, and those that it brings. */
export async function drainPorts(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) {
    const { port1, port2 } = new MessageChannel()
    await new Promise((resolve) => {
      port1.onmessage = resolve
      port2.postMessage(turn)
    })
    port1.close()
  }
}

/** A refresh whose answer waits for the word to go on, and that says when it has been done. */
export function slowRefresh() {
  const upstream = strictUpstream()
  const refresh = upstream.client.refresh!
  let go = (): void => {}
  const gate = new Promise<void>((resolve) => (go = resolve))
  let begin = (): void => {}
  const begun = new Promise<void>((resolve) => (begin = resolve))
  const client = {
    ...upstream.client,
    refresh: async (...args: Parameters<typeof refresh>) => {
      const done = refresh(...args)
      begin()
      await gate
      return done
    },
  }
  return { upstream: { ...upstream, client }, begun, go: () => go() }
}
