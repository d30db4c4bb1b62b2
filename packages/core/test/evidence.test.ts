/** What an error of a renewal says: the code is what the client claims, the status is evidence. */
import { AuthError, type AuthErrorCode } from '@authchart/core'
import { describe, expect, it } from 'vitest'
import { bob, bobsPassword, busy, drain, grant, HOUR, MINUTE, openTab, refreshing, watch, type Tab } from './support.ts'

/** Twenty minutes, a minute at a time. */
async function wait({ clock }: Tab): Promise<void> {
  for (let minute = 0; minute < 20; minute += 1) {
    clock.advance(MINUTE)
    await drain()
  }
}

async function spentAfter(error: AuthErrorCode | Error): Promise<number> {
  const tab = await refreshing()
  tab.client.next('refresh').fail(error)
  await drain()
  await wait(tab)
  return tab.client.spent.length
}

describe('a refresh token is not shown again', () => {
  it.each([500, 501, 502, 504, 520, 200, 302, 404, 418])(
    'a refresh token is not shown again after unavailable with status %i, which may have been processed [R3a]',
    async (status) => expect(await spentAfter(new AuthError('unavailable', { status }))).toBe(1),
  )

  it('a refresh token is not shown again after unavailable with no status [R3b]', async () => {
    expect(await spentAfter('unavailable')).toBe(1)
    expect(await spentAfter(new AuthError('unavailable', { retryAfter: 5 }))).toBe(1)
  })

  it('a refresh token is not shown again after offline, which a client says whose request failed on its way [R3c]', async () => {
    expect(await spentAfter('offline')).toBe(1)
  })

  it.each(['rate-limited', 'misconfigured', 'not-supported', 'account-locked'] as const)(
    'a refresh token is not shown again after %s with a status of success or failure [R3e]',
    async (code) => {
      for (const status of [200, 204, 500, 502, 504]) expect(await spentAfter(new AuthError(code, { status }))).toBe(1)
    },
  )

  it('a refresh token is not shown again after session-expired with a status of failure: the session is not ended by it either [R3e]', async () => {
    const tab = await refreshing()
    tab.client.next('refresh').fail(new AuthError('session-expired', { status: 502 }))
    await drain()
    expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', renewal: 'indeterminate' })
  })

  it('a refresh token is not shown again after not-found with 404: a route is missing for a while [R3e]', async () => {
    const tab = await refreshing()
    tab.client.next('refresh').fail(new AuthError('not-found', { status: 404 }))
    await drain()
    expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', renewal: 'indeterminate' })
  })

  it('a refresh token is not shown again after the explicit word for "not processed" with a status of failure [R3e]', async () => {
    expect(await spentAfter(new AuthError('network', { notProcessed: true, status: 500 }))).toBe(1)
  })
})

describe('a refresh token is as good as before', () => {
  it.each([429, 503])('a refresh token is as good as before after unavailable with %i', async (status) => {
    expect(await spentAfter(new AuthError('unavailable', { status }))).toBe(2)
  })

  it.each(['network', 'unavailable', 'offline'] as const)(
    'a refresh token is as good as before after %s with no status and the explicit word for "not processed"',
    async (code) => expect(await spentAfter(new AuthError(code, { notProcessed: true }))).toBe(2),
  )
})

it('a client that cannot refresh after all does not keep a request turning [J1c]', async () => {
  const tab = await refreshing()
  tab.client.next('refresh').fail('not-supported')
  await drain()
  tab.clock.sleep(2 * HOUR)
  let looks = 0
  const { actor } = tab.auth
  const getSnapshot = actor.getSnapshot.bind(actor)
  // destroyed after a thousand looks: it would turn for ever
  actor.getSnapshot = () => {
    looks += 1
    if (looks === 1000) queueMicrotask(() => tab.auth.destroy())
    return getSnapshot()
  }
  const asked = watch(tab.auth.fetch('https://api.test/'))
  await drain()
  expect([looks < 100, asked.now]).toEqual([true, 'not-supported'])
})

it('a token that one user asked for is never another user’s [J2a]', async () => {
  const tab = openTab()
  await tab.signIn()
  tab.clock.sleep(2 * HOUR)
  void tab.auth.signIn(bobsPassword)
  const asked = watch(tab.auth.getAccessToken())
  await drain()
  tab.client.next('signIn').answer(grant(7, bob))
  await drain()
  expect([asked.now, asked.value]).toEqual(['identity-changed', undefined])
})

it('a request that the server did not process is tried again', async () => {
  expect(await spentAfter(busy())).toBe(2)
})
