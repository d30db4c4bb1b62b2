/** Tokens that a renewal brought, opaque and without a user: whose they are only the server can say. */
import { AuthError, type Tabs } from '@authchart/core'
import { describe, expect, it } from 'vitest'
import {
  ann,
  bob,
  drain,
  DUE,
  fakeBrowser,
  fakeClock,
  grant,
  HOUR,
  openTab,
  refreshing,
  SECOND,
  watch,
  type Tab,
} from './support.ts'

const HERE = 'https://api.test/mine'

/** Steps of a second: a longer one would fire a time limit before the promise it watches could answer. */
async function pass(tab: Tab, milliseconds: number, each: () => void = () => {}): Promise<void> {
  for (let left = milliseconds; left > 0; left -= SECOND) {
    tab.clock.advance(SECOND)
    await drain()
    each()
    await drain()
  }
}

/** A renewal that names no user, before the server was asked for them. */
async function unnamed(): Promise<Tab> {
  const tab = await refreshing()
  tab.client.next('refresh').answer(grant(2, null))
  await drain()
  return tab
}

describe('a renewal whose user the server does not tell', () => {
  it('a renewal whose user the server does not tell spends the next token if the server refuses this one, and goes on with what that brings [R4a]', async () => {
    const tab = await unnamed()
    tab.client.next('getUser').fail('session-expired')
    await drain()
    await pass(tab, 2 * SECOND, () => {
      if (tab.client.has('getUser')) tab.client.next('getUser').fail('session-expired')
    })
    expect(tab.client.spent).toEqual(['refresh-1', 'refresh-2'])
    expect(await tab.stored()).toMatchObject({ marked: true, refreshToken: 'refresh-2', named: false })
    tab.client.next('refresh').answer(grant(3))
    await drain()
    expect(await tab.auth.getAccessToken()).toBe('access-3')
    expect(await tab.stored()).not.toHaveProperty('named')
  })

  it('a renewal whose user the server does not tell ends the session if the server refuses the next token as well [R4a]', async () => {
    const tab = await unnamed()
    await pass(tab, 3 * SECOND, () => {
      if (tab.client.has('getUser')) tab.client.next('getUser').fail('session-expired')
      if (tab.client.has('refresh')) tab.client.next('refresh').fail('session-expired')
    })
    expect(tab.auth.getState()).toMatchObject({ status: 'expired', reason: 'session-expired' })
  })

  it('a renewal whose user the server does not tell ends the session if the server says that the account is banned [R4c]', async () => {
    const tab = await unnamed()
    tab.client.next('getUser').fail('account-banned')
    await drain()
    expect(tab.auth.getState()).toMatchObject({ status: 'expired', reason: 'account-banned' })
    expect(await tab.stored()).toMatchObject({ ended: 'account-banned' })
  })

  it.each([
    ['session-expired', 401],
    ['forbidden', 403],
    ['not-found', 404],
  ] as const)(
    'a renewal whose user the server does not tell, for ever (%s): the session is over soon after its access token, and stays so [R4a, T4]',
    async (code, status) => {
      const tab = await unnamed()
      const seen: string[] = []
      tab.auth.subscribe(({ status: now }) => void seen.push(now))
      await pass(tab, 2 * HOUR, () => {
        while (tab.client.has('refresh')) tab.client.next('refresh').answer(grant(2 + tab.client.counts.refresh, null))
        while (tab.client.has('getUser')) tab.client.next('getUser').fail(new AuthError(code, { status }))
      })
      expect(seen.indexOf('expired')).toBe(seen.length - 1)
      expect(tab.auth.getState()).toMatchObject({ status: 'expired', reason: 'access-token-expired' })
      // with back-off: once a minute at most
      expect(tab.client.spent.length).toBeLessThan(60)
    },
  )
})

describe('a page that opens on tokens whose user is not known', () => {
  async function opened(isOver = false): Promise<Tab> {
    const browser = fakeBrowser()
    const clock = fakeClock()
    const first = openTab({}, browser, clock)
    await first.signIn()
    clock.advance(DUE)
    await drain()
    first.client.next('refresh').answer(grant(2, null))
    await drain()
    first.tab.kill()
    if (isOver) clock.sleep(2 * HOUR)
    const tab = openTab({}, browser, clock)
    await tab.boot()
    return tab
  }

  it('a page that opens on tokens whose user is not known sends no request and hands out no token before the server has said whose they are [R4d]', async () => {
    const tab = await opened()
    const asked = watch(tab.auth.fetch(HERE))
    const token = watch(tab.auth.getAccessToken())
    await drain()
    expect([asked.now, token.now, tab.server.tokens()]).toEqual(['pending', 'pending', []])
    tab.client.next('getUser').answer(ann)
    await drain()
    expect([token.value, tab.server.tokens(), tab.client.spent]).toEqual(['access-2', ['access-2'], []])
    expect(await tab.stored()).not.toHaveProperty('named')
  })

  it('a page that opens on tokens whose user is not known ends the session if they are of another user, and sends nothing with them [R4d]', async () => {
    const tab = await opened()
    const asked = watch(tab.auth.fetch(HERE))
    await drain()
    tab.client.next('getUser').answer(bob)
    await drain()
    expect(tab.auth.getState()).toMatchObject({ status: 'expired', reason: 'user-mismatch' })
    expect([asked.now, tab.server.tokens()]).toEqual(['session-expired', []])
  })

  it('a page that opens on tokens whose user is not known spends the next token where theirs has ended meanwhile, and asks for no user with it [R4a]', async () => {
    const tab = await opened(true)
    expect([tab.client.spent, tab.client.counts.getUser]).toEqual([['refresh-2'], 0])
    tab.client.next('refresh').answer(grant(3))
    await drain()
    expect(await tab.auth.getAccessToken()).toBe('access-3')
  })

  it('a page that opens on tokens whose user is not known takes the subject of such a token for no proof of whose the next one is [R4d]', async () => {
    const tab = await opened(true)
    tab.client.next('refresh').answer(grant(3, null))
    await drain()
    expect(tab.client.next('getUser').input).toEqual({ accessToken: 'access-3' })
  })

  it('a page that opens on tokens whose user is not known sends nothing with them either if it has taken up the session of another tab [R4d]', async () => {
    const browser = fakeBrowser()
    const clock = fakeClock()
    const deaf: Tabs = { lock: (_, work) => work(), open: () => ({ post() {}, close() {} }) }
    const other = openTab({ tabs: deaf }, browser, clock)
    await other.boot()
    const first = openTab({}, browser, clock)
    await first.signIn()
    clock.advance(DUE)
    await drain()
    first.client.next('refresh').answer(grant(2, null))
    await drain()
    first.tab.kill()
    other.network.wake()
    await drain()
    const asked = watch(other.auth.fetch(HERE))
    await drain()
    expect([asked.now, other.server.tokens(), other.client.has('getUser')]).toEqual(['pending', [], true])
  })
})
