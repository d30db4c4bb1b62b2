/** Two copies of the core on one page: two versions, a linked package, a dependency that was bundled ahead. */
import { AuthError } from '@authchart/core'
import { bkend, bkendAccount } from '@authchart/core/bkend'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { internalsOf } from '../src/internals.ts'
import { json } from './bkend/fake-bkend.ts'
import { annsPassword, drain, fakeClock, fakeNetwork, openTab, refreshing, settle, watch } from './support.ts'

async function otherCopy() {
  vi.resetModules()
  const core = await import('@authchart/core')
  const ofBkend = await import('@authchart/core/bkend')
  expect(core.createAuth).not.toBe((await import('./support.ts')).openTab)
  return { ...core, ...ofBkend }
}

beforeEach(() => vi.resetModules())

describe('an AuthError of another copy', () => {
  it('an AuthError of another copy is an AuthError', async () => {
    const other = await otherCopy()
    const error = new other.AuthError('rate-limited', { retryAfter: 3, status: 429 })
    expect(Object.getPrototypeOf(error)).not.toBe(AuthError.prototype)
    expect(error instanceof AuthError).toBe(true)
    expect(new AuthError('network') instanceof other.AuthError).toBe(true)
  })

  it('an AuthError of another copy that refuses a refresh token ends the session [F1a]', async () => {
    const other = await otherCopy()
    const tab = await refreshing()
    tab.client.next('refresh').fail(new other.AuthError('session-expired'))
    await drain()
    expect(tab.auth.getState()).toMatchObject({ status: 'expired', reason: 'session-expired' })
  })

  it('an AuthError of another copy for a wrong password is a wrong password [F1b]', async () => {
    const other = await otherCopy()
    const tab = openTab()
    const asked = watch(tab.auth.signIn(annsPassword))
    await drain()
    tab.client.next('signIn').fail(new other.AuthError('invalid-credentials', { status: 401 }))
    await drain()
    expect(asked.now).toBe('invalid-credentials')
  })

  it('an AuthError of another copy from before the brand is known by its name and a code of ours', () => {
    const older = Object.assign(new Error('old'), { name: 'AuthError', code: 'forbidden' })
    expect(older instanceof AuthError).toBe(true)
    expect(Object.assign(new Error('x'), { name: 'AuthError', code: 'made-up' }) instanceof AuthError).toBe(false)
    expect(Object.assign(new Error('x'), { name: 'Other', code: 'forbidden' }) instanceof AuthError).toBe(false)
    expect({ name: 'AuthError', code: 'forbidden' } instanceof AuthError).toBe(false)
    for (const value of [null, undefined, 'AuthError', 7]) expect((value as unknown) instanceof AuthError).toBe(false)
  })
})

describe('account functions of another copy', () => {
  const client = () =>
    bkend({
      publishableKey: 'pk_test',
      fetch: async (input) => {
        const path = new URL(String(input)).pathname
        if (path.endsWith('/me')) return json(200, { id: '7', role: 'user' })
        if (path.endsWith('/sessions')) return json(200, { items: [{ id: 's1' }] })
        return json(200, { accessToken: 'a1', refreshToken: 'r1', expiresIn: 3600 })
      },
    })

  it('account functions of another copy serve an auth of this one', async () => {
    const other = await otherCopy()
    const { createAuth } = await import('@authchart/core')
    const auth = createAuth({ client: client(), clock: fakeClock(), network: fakeNetwork() })
    await auth.signIn({ email: 'a@b.test', password: 'x' })
    await settle()
    expect(other.bkendAccount).not.toBe(bkendAccount)
    expect((await other.bkendAccount(auth).sessions.list()).items).toMatchObject([{ id: 's1' }])
  })

  it('account functions of another copy say so where the copy is of another version', () => {
    const auth = { [Symbol.for('authchart.internals')]: () => ({ version: 2 }) }
    expect(() => internalsOf(auth)).toThrow(/another version of @authchart\/core/)
    expect(() => internalsOf({})).toThrow(/Pass the auth itself/)
  })
})
