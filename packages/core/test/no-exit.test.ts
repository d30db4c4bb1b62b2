/** No state without a way out: what is no outage comes to an end, and every promise settles. */
import { AuthError, type Tabs } from '@authchart/core'
import { describe, expect, it } from 'vitest'
import {
  ann,
  browserWithSession,
  busy,
  createDisk,
  drain,
  HOUR,
  KEY,
  MINUTE,
  openTab,
  scriptedClient,
  SECOND,
  watch,
  type Credentials,
  type Tab,
  type User,
} from './support.ts'

/** Steps of a second: a longer one would fire a time limit before the promise it watches could answer. */
async function pass(tab: Tab, milliseconds: number, each: () => void = () => {}): Promise<void> {
  for (let left = milliseconds; left > 0; left -= SECOND) {
    tab.clock.advance(SECOND)
    await drain()
    each()
    await drain()
  }
}

describe('a renewal that fails for a reason that is no outage', () => {
  async function failing(milliseconds: number, error: () => AuthError): Promise<Tab> {
    const tab = openTab()
    await tab.signIn()
    await pass(tab, milliseconds, () => {
      while (tab.client.has('refresh')) tab.client.next('refresh').fail(error())
    })
    return tab
  }

  it.each([
    ['misconfigured', 401],
    ['account-locked', 429],
    ['not-supported', undefined],
  ] as const)(
    '%s (%s): the session goes on to the end of its token, and is over soon after [T4]',
    async (code, status) => {
      const before = await failing(HOUR - SECOND, () => new AuthError(code, { status }))
      expect(before.auth.getState()).toMatchObject({ user: ann, renewal: 'waiting', error: { code } })
      const tab = await failing(HOUR + 7 * MINUTE, () => new AuthError(code, { status }))
      expect(tab.auth.getState()).toMatchObject({ status: 'expired', reason: 'access-token-expired' })
      const asked = watch(tab.auth.getAccessToken())
      await drain()
      expect(asked.value).toBe(null)
    },
  )

  it('a renewal that fails for an outage ends no session by itself, however long that lasts [T4]', async () => {
    const tab = await failing(4 * HOUR, busy)
    expect(tab.auth.getState()).toMatchObject({ user: ann, renewal: 'waiting' })
  })

  it('a renewal that fails for a reason that is no outage is forgiven if it passes before the time is over [T4]', async () => {
    let isBroken = true
    const tab = openTab()
    await tab.signIn()
    await pass(tab, HOUR + 30 * MINUTE, () => {
      // two minutes of it, an outage, two minutes more
      while (tab.client.has('refresh')) tab.client.next('refresh').fail(isBroken ? 'misconfigured' : busy())
      isBroken = tab.clock.monotonic() % (6 * MINUTE) < 2 * MINUTE
    })
    expect(tab.auth.getState()).toMatchObject({ user: ann })
  })
})

describe('a lock', () => {
  it('a lock that a frozen tab keeps for a day: the renewal waits, and the state says what for [T4b]', async () => {
    let isFrozen = false
    const lock: Tabs['lock'] = (_, work) => (isFrozen ? new Promise(() => {}) : work())
    const tab = openTab({ tabs: { lock, open: () => ({ post() {}, close() {} }) } })
    await tab.signIn()
    isFrozen = true
    await pass(tab, 24 * HOUR)
    expect(tab.auth.getState()).toMatchObject({ user: ann, renewal: 'waiting', error: { code: 'timeout' } })
    const asked = watch(tab.auth.getAccessToken())
    await pass(tab, MINUTE)
    expect([asked.now, asked.value]).toEqual(['timeout', undefined])
  })

  it('a lock that comes to nothing where it is taken (ifAvailable): the renewal is put off, and made when it is to be had [T4b]', async () => {
    let isTaken = false
    const lock = (_: string, work: () => Promise<unknown>) => (isTaken ? Promise.resolve() : work())
    const tab = openTab({ tabs: { lock: lock as Tabs['lock'], open: () => ({ post() {}, close() {} }) } })
    await tab.signIn()
    isTaken = true
    await expect(tab.auth.refresh()).rejects.toMatchObject({ code: 'timeout' })
    expect(tab.auth.getState()).toMatchObject({ user: ann, renewal: 'waiting' })
    isTaken = false
    await pass(tab, 2 * SECOND)
    expect(tab.client.spent).toEqual(['refresh-1'])
  })
})

describe('a record that a newer version of the library wrote', () => {
  it('a record that a newer version of the library wrote ends the session with its access token, and stays as it is [J1a]', async () => {
    const disk = createDisk()
    const tab = openTab({ storage: disk.storage })
    await tab.signIn()
    disk.records.set(KEY, { version: 2, revision: 'x' })
    await pass(tab, HOUR - SECOND)
    expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', user: ann })
    await pass(tab, 4 * MINUTE)
    expect(tab.auth.getState()).toMatchObject({ status: 'expired', reason: 'access-token-expired' })
    expect([disk.record, tab.client.spent]).toEqual([{ version: 2, revision: 'x' }, []])
  })
})

describe('a browser that says it is offline', () => {
  it('a browser that says it is offline while requests are answered is not believed: the session is renewed [J1b]', async () => {
    const tab = openTab()
    await tab.signIn()
    tab.network.goOffline()
    await pass(tab, 58 * MINUTE, () => void tab.auth.fetch('https://api.test/').catch(() => {}))
    expect(tab.client.spent).toEqual(['refresh-1'])
  })

  it('a browser that says it is offline while requests are answered is not believed: the user is asked for [J1b]', async () => {
    const tab = openTab({}, await browserWithSession())
    tab.network.goOffline()
    await tab.boot()
    await pass(tab, MINUTE, () => {
      void tab.auth.fetch('https://api.test/').catch(() => {})
      if (tab.client.has('getUser')) tab.client.next('getUser').answer(ann)
    })
    expect(tab.auth.can('isEditor')).toBe(true)
  })

  it.each([true, false])(
    'a browser that says it is offline is asked about by a ping, which carries no token; answered: %s [J1b]',
    async (isAnswered) => {
      const client = scriptedClient<User, Credentials>()
      let pings = 0
      const ping = (): Promise<void> => {
        pings += 1
        return isAnswered ? Promise.resolve() : Promise.reject(new AuthError('network'))
      }
      const tab = openTab({ client: Object.assign(client, { ping }) })
      await tab.signIn()
      tab.network.goOffline()
      await pass(tab, 40 * MINUTE)
      expect(tab.client.spent).toEqual(isAnswered ? ['refresh-1'] : [])
      expect(pings).toBeLessThan(20)
    },
  )

  it('a browser that says it is offline and is right about it a moment after an answer spends nothing [J1b]', async () => {
    const tab = openTab()
    await tab.signIn()
    await pass(tab, 33 * MINUTE - SECOND, () => void tab.auth.fetch('https://api.test/').catch(() => {}))
    tab.network.goOffline()
    await pass(tab, 5 * MINUTE)
    expect(tab.client.spent).toEqual([])
  })
})

describe('requireUser with a guard', () => {
  it('requireUser with a guard settles although the server never says who the user is [J1d]', async () => {
    const tab = openTab({}, await browserWithSession())
    await tab.boot()
    const asked = watch(tab.auth.requireUser({ guard: 'isEditor' }))
    await pass(tab, MINUTE, () => {
      if (tab.client.has('getUser')) tab.client.next('getUser').fail('forbidden')
    })
    expect(asked.now).toBe('timeout')
    // and the next one may be luckier
    const again = watch(tab.auth.requireUser({ guard: 'isEditor' }))
    await pass(tab, MINUTE, () => {
      if (tab.client.has('getUser')) tab.client.next('getUser').answer(ann)
    })
    expect(again.now).toBe('resolved')
  })

  it('requireUser with a guard leaves no timer behind when it has settled [J1d]', async () => {
    const tab = openTab({}, await browserWithSession())
    await tab.boot()
    const before = tab.clock.pending
    const aborter = new AbortController()
    const asked = [
      watch(tab.auth.requireUser({ guard: 'isEditor' })),
      watch(tab.auth.requireUser({ guard: 'isEditor', signal: aborter.signal })),
    ]
    await drain()
    expect(tab.clock.pending).toBe(before + 2)
    aborter.abort(new Error('gone'))
    tab.client.next('getUser').answer(ann)
    await drain()
    expect([asked[0]?.now, asked[1]?.now]).toEqual(['resolved', 'not an AuthError: Error: gone'])
    expect(tab.clock.pending).toBeLessThanOrEqual(before)
  })
})
