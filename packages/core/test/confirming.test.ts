import { describe, expect, it } from 'vitest'
import { fieldsOf } from './jwt.ts'
import {
  ann,
  annsPassword,
  browserWithSession,
  browserWithSpend,
  createDisk,
  drain,
  DUE,
  grant,
  openTab,
} from './support.ts'

describe('while the user is being confirmed', () => {
  it('a renewal that is due goes on', async () => {
    const disk = createDisk()
    const first = openTab({ storage: disk.storage })
    await first.signIn()
    first.auth.destroy()
    const clock = first.clock
    clock.advance(DUE)
    let open = (): void => {}
    const tab = openTab({ storage: disk.storage, clock })
    let reads = 0
    disk.before = (operation) => {
      reads += operation === 'read' ? 1 : 0
      return reads === 2 && operation === 'read' ? new Promise((resolve) => (open = resolve)) : Promise.resolve()
    }
    await tab.boot()
    expect(tab.status()).toBe('refreshing')
    tab.client.next('getUser').answer(ann)
    await drain()
    open()
    await drain()
    expect(tab.client.spent).toEqual(['refresh-1'])
    tab.client.next('refresh').answer(grant(2))
    await drain()
    expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', renewal: 'idle' })
  })

  it('an answer that is older than the token does not spend the new one', async () => {
    const tab = openTab({}, await browserWithSession())
    await tab.boot()
    const question = tab.client.next('getUser')
    expect(question.input).toEqual({ accessToken: 'access-1' })
    void tab.auth.refresh()
    await drain()
    tab.client.next('refresh').answer({ ...grant(2, null), user: undefined })
    await drain()
    while (tab.client.pending.some((call) => call !== question && call.method === 'getUser')) {
      tab.client.pending.find((call) => call !== question && call.method === 'getUser')?.answer(ann)
      await drain()
    }
    question.fail('session-expired')
    await drain()
    expect(tab.client.spent).toEqual(['refresh-1'])
  })

  it('a renewal does not bring the older user back', async () => {
    const tab = openTab({}, await browserWithSession())
    await tab.boot()
    void tab.auth.refresh()
    await drain()
    tab.client.next('getUser').answer({ ...ann, role: 'reader' })
    await drain()
    expect(tab.auth.getState()).toMatchObject({ user: { role: 'reader' } })
    const seen: unknown[] = []
    tab.auth.subscribe(({ user }) => void seen.push(user?.role))
    const payload = btoa(JSON.stringify({ sub: 'u1' }))
    tab.client.next('refresh').answer({ ...grant(2, null), accessToken: `h.${payload}.s` })
    await drain()
    expect(seen).not.toContain('editor')
  })

  it('the word of the server that the token is dead ends a session whose renewal was lost', async () => {
    const browser = await browserWithSpend()
    const tab = openTab({}, browser)
    await tab.boot()
    tab.client.next('getUser').fail('session-expired')
    await drain()
    expect(tab.auth.getState()).toMatchObject({ status: 'expired', reason: 'refresh-indeterminate' })
  })

  it('a doubt is not talked away by a renewal that was on its way and names no user [T2a]', async () => {
    const tab = openTab()
    const tokenOf = (n: number): string => fieldsOf({ sub: 'u1', n })
    const signedIn = tab.auth.signIn(annsPassword)
    await drain()
    tab.client.next('signIn').answer({ ...grant(1), accessToken: tokenOf(1) })
    await signedIn
    tab.clock.advance(DUE)
    await drain()
    tab.network.wake(true)
    await drain()
    tab.client.next('refresh').answer({ ...grant(2, null), accessToken: tokenOf(2) })
    await drain()
    expect([tab.client.has('getUser'), tab.auth.can('isEditor')]).toEqual([true, false])
    while (tab.client.has('getUser')) {
      tab.client.next('getUser').answer(ann)
      await drain()
    }
    expect(tab.auth.can('isEditor')).toBe(true)
  })
})
