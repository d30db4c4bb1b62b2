import { describe, expect, it } from 'vitest'
import { annsPassword, drain, grant, openTab, SECOND, type Tab } from './support.ts'

describe('an auth that is destroyed before the server has answered', () => {
  async function asked(isChallenged: boolean): Promise<Tab> {
    const tab = openTab()
    void tab.auth.signIn(annsPassword).catch(() => {})
    await drain()
    if (!isChallenged) return tab
    tab.client.next('signIn').answer({ challenge: { kind: 'totp', handle: 1 } })
    await drain()
    void tab.auth.answerChallenge({ code: '123456' }).catch(() => {})
    await drain()
    return tab
  }

  it.each([
    ['a sign-in', 'signIn', false],
    ['a code', 'answerChallenge', true],
  ] as const)('revokes the session that it is granted late for %s [J4b, J4c]', async (_, method, isChallenged) => {
    const tab = await asked(isChallenged)
    const call = tab.client.next(method)
    tab.auth.destroy()
    await drain()
    call.answer(grant(1))
    await drain()
    expect(tab.client.next('signOut').input).toMatchObject({ accessToken: 'access-1', refreshToken: 'refresh-1' })
    expect(await tab.stored()).toBe(null)
  })

  it('lets the request go on, for an aborted one may have begun a session that nothing could revoke [J4b]', async () => {
    const tab = await asked(false)
    const { signal } = tab.client.next('signIn')
    tab.auth.destroy()
    await drain()
    expect(signal.aborted).toBe(false)
  })

  it('revokes once a session whose user was being asked for [J4b]', async () => {
    const tab = await asked(false)
    tab.client.next('signIn').answer(grant(1, null))
    await drain()
    tab.auth.destroy()
    await drain()
    tab.clock.advance(60 * SECOND)
    await drain()
    expect(tab.client.counts.signOut).toBe(1)
  })
})
