/** No state without a way out: what is no outage comes to an end, and every promise settles. */
import { AuthError } from '@authchart/core'
import { describe, expect, it } from 'vitest'
import { ann, busy, createDisk, drain, HOUR, KEY, MINUTE, openTab, SECOND, watch, type Tab } from './support.ts'

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

  it('ends no session by itself if it is an outage, however long that lasts [T4]', async () => {
    const tab = await failing(4 * HOUR, busy)
    expect(tab.auth.getState()).toMatchObject({ user: ann, renewal: 'waiting' })
  })

  it('is forgiven if it passes before the time is over [T4]', async () => {
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

describe('a record that a newer version of the library wrote', () => {
  it('ends the session with its access token, and stays as it is [J1a]', async () => {
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
