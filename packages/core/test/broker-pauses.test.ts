import { AuthError, type AuthErrorCode } from '@authchart/core'
import { describe, expect, it } from 'vitest'
import { bob, busy, DAY, drain, grant, MINUTE, refreshing, SECOND, watch } from './support.ts'

describe('a server that says when to come back', () => {
  const waits = async (retryAfter: number | undefined, code: AuthErrorCode = 'rate-limited', chance = 0.5) => {
    let random = 0.5
    const tab = await refreshing({ random: () => random })
    random = chance
    tab.client.next('refresh').fail(new AuthError(code, { retryAfter, status: 429 }))
    await drain()
    return tab
  }

  it('a server that says when to come back is not asked sooner, neither by the timer nor by the user [58]', async () => {
    const { auth, client, clock } = await waits(30)
    expect(auth.getState()).toMatchObject({ renewal: 'waiting', error: { code: 'rate-limited', retryAfter: 30 } })
    const asked = watch(auth.refresh())
    clock.advance(30 * SECOND - 1)
    await drain()
    expect(asked.now).toBe('rate-limited')
    expect(client.counts.refresh).toBe(1)
    clock.advance(2)
    await drain()
    expect(client.counts.refresh).toBe(2)
  })

  it('a server that says when to come back is asked on time although the clock was put back by a day [76]', async () => {
    const { client, clock } = await waits(30)
    clock.jump(-DAY)
    clock.advance(31 * SECOND)
    await drain()
    expect(client.counts.refresh).toBe(2)
  })

  it.each([Number.NaN, -5, -Infinity])(
    'a server that says nonsense (%s) about when to come back is given the usual pause, not none [59]',
    async (retryAfter) => {
      const { client, clock } = await waits(retryAfter)
      clock.advance(749)
      await drain()
      expect(client.counts.refresh).toBe(1)
      clock.advance(1)
      await drain()
      expect(client.counts.refresh).toBe(2)
    },
  )

  it.each([
    [0, 500],
    [0.5, 750],
    [1, 1000],
    // no chance at all: the whole step
    [Number.NaN, 1000],
  ])(
    'after a server that does not say when to come back, chance %d waits %d ms, never less than half of the step [I9]',
    async (chance, pause) => {
      const { client, clock } = await waits(undefined, 'rate-limited', chance)
      clock.advance(pause - 1)
      await drain()
      expect(client.counts.refresh).toBe(1)
      clock.advance(1)
      await drain()
      expect(client.counts.refresh).toBe(2)
    },
  )

  it('a server that leaves its Retry-After unreadable is not asked again at once, whatever the chance [I9]', async () => {
    const { client, clock } = await waits(Number.NaN, 'unavailable', 0)
    // half of 1, 2, 4, 8, 16, 32, 60, 60 seconds
    for (const pause of [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]) {
      const before = client.counts.refresh
      clock.advance(pause - 1)
      await drain()
      expect(client.counts.refresh).toBe(before)
      clock.advance(1)
      await drain()
      expect(client.counts.refresh).toBe(before + 1)
      client.next('refresh').fail(new AuthError('unavailable', { retryAfter: Number.NaN, status: 503 }))
      await drain()
    }
  })

  it.each([Infinity, 1e9, 1e300])(
    'a server that says to come back in %s seconds is asked again within ten minutes all the same [58, 59]',
    async (retryAfter) => {
      const { client, clock } = await waits(retryAfter)
      clock.advance(11 * MINUTE)
      await drain()
      expect(client.counts.refresh).toBe(2)
    },
  )

  it('a server that fails again is waited for longer after each failure, up to a minute [30]', async () => {
    const { client, clock } = await waits(undefined, 'unavailable')
    // three quarters of 1, 2, 4, 8, 16, 32, 60, 60 seconds
    for (const pause of [750, 1500, 3000, 6000, 12_000, 24_000, 45_000, 45_000]) {
      const before = client.counts.refresh
      clock.advance(pause - 1)
      await drain()
      expect(client.counts.refresh).toBe(before)
      clock.advance(1)
      await drain()
      expect(client.counts.refresh).toBe(before + 1)
      client.next('refresh').fail(busy())
      await drain()
    }
  })

  it('a server that does not say when to come back lets the user try at once', async () => {
    const { auth, client } = await waits(undefined, 'unavailable')
    void auth.refresh()
    await drain()
    expect(client.counts.refresh).toBe(2)
    client.next('refresh').answer(grant(2))
    await drain()
    expect(auth.getState()).toMatchObject({ status: 'authenticated', renewal: 'idle', error: null })
  })
})

describe('a user who signs in after another one', () => {
  it('a user who signs in after another one does not wait for what the server asked of the user before [N2a]', async () => {
    const tab = await refreshing()
    tab.client.next('refresh').fail(new AuthError('rate-limited', { retryAfter: 600, status: 429 }))
    await drain()
    await tab.signIn(bob, 7, { expiresIn: 60 })
    tab.clock.advance(40 * SECOND)
    await drain()
    expect(tab.client.spent).toEqual(['refresh-1', 'refresh-7'])
  })

  it('a user who signs in after another one begins with a short pause, however often the renewals before have failed [N2a]', async () => {
    const tab = await refreshing()
    for (let n = 0; n < 8; n += 1) {
      while (!tab.client.has('refresh')) {
        tab.clock.advance(MINUTE)
        await drain()
      }
      tab.client.next('refresh').fail(busy())
      await drain()
    }
    await tab.signIn(bob, 7)
    const before = tab.client.counts.refresh
    void tab.auth.refresh().catch(() => {})
    await drain()
    tab.client.pending.findLast(({ method }) => method === 'refresh')?.fail(busy())
    await drain()
    tab.clock.advance(SECOND)
    await drain()
    expect(tab.client.counts.refresh).toBe(before + 2)
  })
})
