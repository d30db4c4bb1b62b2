/** A server that takes a used refresh token again does so for a while, counted from the first time it was shown. */
import { AuthError, type AuthClient } from '@authchart/core'
import { describe, expect, it } from 'vitest'
import {
  ann,
  DAY,
  drain,
  DUE,
  fakeBrowser,
  fakeClock,
  grant,
  MINUTE,
  openTab,
  refreshing,
  scriptedClient,
  SECOND,
  tolerantClient,
  type Credentials,
  type Tab,
  type User,
} from './support.ts'

const clientFor = (replay: AuthClient['replay']) =>
  Object.assign(scriptedClient<User, Credentials>(), { replay: replay as 'tolerated' })

/** Steps of a second: a longer one would fire a time limit before the promise it watches could answer. */
async function pass(tab: Tab, milliseconds: number, each: () => void = () => {}): Promise<void> {
  for (let left = milliseconds; left > 0; left -= SECOND) {
    tab.clock.advance(SECOND)
    await drain()
    each()
    await drain()
  }
}

describe('a mark that a dead tab left', () => {
  async function afterDeath(sleep: number, replay: AuthClient['replay']): Promise<Tab> {
    const browser = fakeBrowser()
    const clock = fakeClock()
    const dead = openTab({ client: clientFor(replay) }, browser, clock)
    await dead.signIn()
    clock.advance(DUE)
    await drain()
    dead.tab.kill()
    if (sleep < 0) clock.jump(sleep)
    else clock.sleep(sleep)
    const next = openTab({ client: clientFor(replay) }, browser, clock)
    await next.boot()
    return next
  }

  it.each(['tolerated', { toleratedFor: 60 }] as const)(
    'a mark that a dead tab left three days ago is not gambled on: %j [R1a]',
    async (replay) => {
      const tab = await afterDeath(3 * DAY, replay)
      await pass(tab, 10 * MINUTE)
      expect(tab.client.spent).toEqual([])
    },
  )

  it('a mark that a dead tab left is known by when and by which tab it was made [R1a]', async () => {
    const tab = await afterDeath(0, 'forbidden')
    expect(await tab.stored()).toMatchObject({
      marked: true,
      markedAt: tab.clock.now(),
      markedBy: expect.any(String) as string,
    })
  })

  it.each([
    ['within the time', 20 * SECOND, { toleratedFor: 30 }, ['refresh-1']],
    ['after the time', 40 * SECOND, { toleratedFor: 30 }, []],
    ['in the future, by a clock that was put back', -MINUTE, { toleratedFor: 600 }, []],
    ['where nothing is tolerated', 0, 'forbidden', []],
    ['where the time is no number', 0, { toleratedFor: '30' as unknown as number }, []],
  ] as const)('%s: what the token is good for [R1a]', async (_, sleep, replay, spent) => {
    const tab = await afterDeath(sleep, replay)
    await pass(tab, 3 * SECOND)
    expect(tab.client.spent).toEqual(spent)
  })
})

describe('an answer that is lost', () => {
  it('an answer that is lost leaves its mark, and the time counts from the first try [R1c]', async () => {
    const tab = await refreshing({ client: tolerantClient() })
    const { markedAt } = (await tab.stored()) as { markedAt?: unknown }
    tab.client.next('refresh').fail('timeout')
    await drain()
    expect(await tab.stored()).toMatchObject({ marked: true, markedAt })
    await pass(tab, 10 * MINUTE, () => {
      if (tab.client.has('refresh')) tab.client.next('refresh').fail('network')
    })
    expect(tab.client.counts.refresh).toBeLessThan(8)
    expect(await tab.stored()).toMatchObject({ marked: true, markedAt })
    expect(tab.auth.getState()).toMatchObject({ user: ann, renewal: 'indeterminate' })
  })

  it('an answer that is lost is asked for again within the time [R1c]', async () => {
    const tab = await refreshing({ client: clientFor({ toleratedFor: 60 }) })
    tab.client.next('refresh').fail('timeout')
    await drain()
    await pass(tab, 2 * SECOND)
    tab.client.next('refresh').answer(grant(2))
    await drain()
    expect(tab.client.spent).toEqual(['refresh-1', 'refresh-1'])
    expect(await tab.stored()).toMatchObject({ marked: false, refreshToken: 'refresh-2' })
  })

  it('an answer that is lost leaves its mark although the server takes no token at the next try: it is not sent again after the time', async () => {
    const tab = await refreshing({ client: tolerantClient() })
    const { markedAt } = (await tab.stored()) as { markedAt?: unknown }
    tab.client.next('refresh').fail('network')
    await pass(tab, 2 * SECOND)
    tab.client.next('refresh').fail(new AuthError('rate-limited', { status: 429, retryAfter: 300 }))
    await drain()
    expect(await tab.stored()).toMatchObject({ marked: true, markedAt })
    await pass(tab, 10 * MINUTE)
    expect(tab.client.spent).toEqual(['refresh-1', 'refresh-1'])
    expect(tab.auth.getState()).toMatchObject({ user: ann, renewal: 'indeterminate' })
  })
})
