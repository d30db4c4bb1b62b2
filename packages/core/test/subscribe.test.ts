import { describe, expect, it } from 'vitest'
import { ann, annsPassword, browserWithSession, drain, grant, openTab, SECOND, watch } from './support.ts'

describe('a state', () => {
  it('a state is the same one until something changed that an app can see', async () => {
    const { auth, clock, network, signIn } = openTab()
    await signIn()
    const before = auth.getState()
    network.wake()
    auth.cancel()
    auth.dismiss()
    clock.advance(SECOND)
    await drain()
    expect(auth.getState()).toBe(before)
  })

  it('a state keeps the user who did not change through a renewal and a confirmation', async () => {
    const tab = openTab({}, await browserWithSession())
    await tab.boot()
    const { user } = tab.auth.getState()
    tab.client.next('getUser').answer({ ...ann })
    await drain()
    void tab.auth.refresh()
    await drain()
    tab.client.next('refresh').answer(grant(2, { ...ann }))
    await drain()
    expect(tab.auth.getState().user).toBe(user)
  })

  it('a renewal is told twice: that it began and that it ended', async () => {
    const { auth, client, signIn } = openTab()
    await signIn()
    const seen: string[] = []
    auth.subscribe(({ status }) => void seen.push(status))
    void auth.refresh()
    await drain()
    client.next('refresh').answer(grant(2))
    await drain()
    expect(seen).toEqual(['refreshing', 'authenticated'])
  })
})

describe('a listener', () => {
  it('a listener may listen twice, and stops one at a time', async () => {
    const { auth } = openTab()
    let told = 0
    const listener = (): void => void (told += 1)
    const stop = auth.subscribe(listener)
    auth.subscribe(listener)
    await drain()
    expect(told).toBe(2)
    stop()
    stop()
    void auth.signIn(annsPassword).catch(() => {})
    expect(told).toBe(3)
  })

  it('a listener that throws is reported, and the others are told [158]', async () => {
    const { auth } = openTab()
    const { error } = console
    const lines: unknown[] = []
    console.error = (...line) => void lines.push(...line)
    let told = 0
    try {
      auth.subscribe(() => {
        throw new Error('mine')
      })
      auth.subscribe(() => (told += 1))
      await drain()
    } finally {
      console.error = error
    }
    expect([told, lines.map(String)]).toEqual([1, ['Error: mine']])
  })

  it('a listener that stops another one stops it at once', async () => {
    const { auth } = openTab()
    let told = 0
    let stop = (): void => {}
    auth.subscribe(() => stop())
    stop = auth.subscribe(() => (told += 1))
    await drain()
    expect(told).toBe(0)
  })

  it('a listener that begins to listen during a change is told of the next one, not of this one', async () => {
    const { auth } = openTab()
    const seen: string[] = []
    let isFirst = true
    auth.subscribe(() => {
      if (isFirst) auth.subscribe(({ status }) => void seen.push(status))
      isFirst = false
    })
    await drain()
    expect(seen).toEqual([])
    void auth.signIn(annsPassword).catch(() => {})
    expect(seen).toEqual(['authenticating'])
  })

  it('a listener that signs out when a user signed in is obeyed, and no user is signed in after it [159]', async () => {
    const { auth, client, stored } = openTab()
    const outs: ReturnType<typeof watch>[] = []
    auth.subscribe(({ status }) => {
      if (status === 'authenticated') outs.push(watch(auth.signOut()))
    })
    const signedIn = watch(auth.signIn(annsPassword))
    await drain()
    client.next('signIn').answer(grant(1))
    await drain()
    client.next('signOut').answer()
    await drain()
    expect(outs.map(({ value }) => value)).toEqual([{ revoked: 'yes' }])
    expect(signedIn.now).not.toBe('pending')
    expect([auth.getState().status, await stored()]).toEqual(['signedOut', null])
  })
})
