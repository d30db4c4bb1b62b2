/** Pages of one browser in cookie mode: the real core, the real handler, and nothing between them but a function. */
import { createAuth, type Auth, type AuthState } from '@authchart/core'
import { cookieClient } from '@authchart/core/cookie'
import { fakeBrowser, fakeClock, fakeNetwork, type FakeClock } from '@authchart/core/testing'
import { expect } from 'vitest'
import { ada, APP, browserAt, handlerOf, strictUpstream, type Password, type User } from '../server/support.ts'

export { ada, strictUpstream, type User } from '../server/support.ts'

export type PageAuth = Auth<User, Password, { isAdmin: ({ user }: { user: User }) => boolean }>

type HandlerOptions = Parameters<typeof handlerOf>[1]

export function world(upstream = strictUpstream(), options: HandlerOptions = {}) {
  const clock = fakeClock()
  const { handler, events } = handlerOf(upstream.client, { clock, ...options })
  const browser = browserAt(handler)
  const tabs = fakeBrowser()
  const words = new Map<string, string>()
  /** Set, a request of a page gets no answer, or one that its browser does not see. */
  const line = { isDown: false, losesAnswers: false }
  const calls: string[] = []

  async function fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    calls.push(String(input).replace(`${APP}/auth/`, ''))
    if (line.isDown) throw new TypeError('fetch failed')
    if (!line.losesAnswers) return browser.fetch(input, init)
    await handler(browser.requestOf(String(input), init))
    throw new TypeError('fetch failed')
  }

  function open(): PageAuth {
    const client = cookieClient<User, Password>({ url: `${APP}/auth`, fetch, now: clock.now })
    const twin = {
      read: (key: string): unknown => JSON.parse(words.get(key) ?? 'null'),
      write: (key: string, value: unknown): void => void words.set(key, JSON.stringify(value)),
    }
    return createAuth({
      client: { ...client, storage: { ...client.storage, twin } },
      tabs: tabs.openTab().tabs,
      network: fakeNetwork(),
      clock,
      random: () => 0.5,
      fetch,
      guards: { isAdmin: ({ user }) => user.role === 'admin' },
      onWarning: () => {},
    })
  }

  return { upstream, clock, handler, events, browser, line, calls, open, words }
}

/** Resolves with the first state that is meant. */
export function until(auth: PageAuth, isMeant: (state: AuthState<User>) => boolean): Promise<AuthState<User>> {
  return new Promise((resolve) => {
    const look = (): void => {
      const state = auth.getState()
      if (!isMeant(state)) return
      stop()
      resolve(state)
    }
    let stop = (): void => {}
    stop = auth.subscribe(look)
    look()
  })
}

export const is =
  (status: AuthState['status']) =>
  (state: AuthState): boolean =>
    state.status === status

/** Two tabs of one session, whose access token is about to end, both ask for a renewal: there is one, and both have what came of it. */
export async function renewInTwoTabs(open: () => PageAuth, clock: FakeClock, log: readonly string[]): Promise<void> {
  const [one, other] = [open(), open()]
  await one.signIn(ada)
  await until(other, is('authenticated'))
  clock.advance(40 * 60_000)
  await Promise.all([one.refresh(), other.refresh()])
  expect(await one.getAccessToken()).toBe('canary-access-2')
  expect(await other.getAccessToken()).toBe('canary-access-2')
  expect(log.filter((call) => call === 'refresh')).toHaveLength(1)
}
