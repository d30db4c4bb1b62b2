import { authMachine, hasRecentSignIn, hasRole } from '@authchart/core'
import { describe, expect, it } from 'vitest'
import { ann, annsPassword, browserWithSession, drain, DUE, grant, openTab, watch, type Options } from './support.ts'

const MINUTE = 60_000
const guards = { isFresh: hasRecentSignIn(5 * MINUTE), isVeryFresh: hasRecentSignIn(MINUTE) }

const openStepUp = (options: Options = {}, browser?: Awaited<ReturnType<typeof browserWithSession>>) => {
  const tab = openTab({ guards, ...options } as unknown as Options, browser)
  const can = tab.auth.can as unknown as (guard: string) => boolean
  return { ...tab, answers: () => [can('isVeryFresh'), can('isFresh')] }
}

describe('a guard about the age of the sign-in', () => {
  it('a guard about the age of the sign-in is open after a sign-in and closes by itself, telling each listener', async () => {
    const { auth, answers, clock, signIn } = openStepUp()
    await signIn()
    expect(answers()).toEqual([true, true])
    const seen: boolean[][] = []
    auth.subscribe(() => void seen.push(answers()))
    clock.advance(MINUTE - 1)
    await drain()
    expect([answers(), seen]).toEqual([[true, true], []])
    clock.advance(1)
    await drain()
    expect([answers(), seen]).toEqual([[false, true], [[false, true]]])
    clock.advance(4 * MINUTE)
    await drain()
    expect(seen).toEqual([
      [false, true],
      [false, false],
    ])
  })

  it('a guard about the age of the sign-in closes by itself while another sign-in waits for its code, and nothing else has changed', async () => {
    const { auth, client, answers, clock, signIn } = openStepUp()
    await signIn()
    const again = watch(auth.signIn(annsPassword))
    await drain()
    client.next('signIn').answer({ challenge: { kind: 'totp', handle: 'h' } })
    await drain()
    expect(again.now).toBe('challenge-required')
    const before = auth.getState()
    const seen: boolean[][] = []
    auth.subscribe(() => void seen.push(answers()))
    clock.advance(MINUTE)
    await drain()
    expect(seen).toEqual([[false, true]])
    const after = auth.getState()
    expect(after).not.toBe(before)
    expect(Object.entries(after).every(([key, value]) => Object.is(value, Reflect.get(before, key)))).toBe(true)
  })

  it('a guard about the age of the sign-in gives the same user and another state when only its answer changed', async () => {
    const { auth, clock, signIn } = openStepUp()
    await signIn()
    const before = auth.getState()
    clock.advance(MINUTE)
    await drain()
    const after = auth.getState()
    expect(after).toEqual(before)
    expect(after).not.toBe(before)
    expect(after.user).toBe(before.user)
  })

  it('a guard about the age of the sign-in is not opened by a renewal', async () => {
    const { answers, client, clock, signIn } = openStepUp()
    await signIn()
    clock.advance(DUE)
    await drain()
    client.next('refresh').answer(grant(2))
    await drain()
    expect(answers()).toEqual([false, false])
  })

  it('a guard about the age of the sign-in opens again when the user signs in again', async () => {
    const { auth, answers, client, clock, signIn } = openStepUp()
    await signIn()
    clock.advance(6 * MINUTE)
    await drain()
    expect(answers()).toEqual([false, false])
    void auth.signIn(annsPassword)
    await drain()
    client.next('signIn').answer(grant(5))
    await drain()
    expect(answers()).toEqual([true, true])
  })

  it('a guard about the age of the sign-in counts from the sign-in, not from the reload', async () => {
    const browser = await browserWithSession()
    const tab = openStepUp({}, browser)
    await tab.boot()
    tab.client.next('getUser').answer(ann)
    await drain()
    expect(tab.answers()).toEqual([true, true])
    tab.clock.advance(2 * MINUTE)
    await drain()
    expect(tab.answers()).toEqual([false, true])
  })

  it.each([
    ['a day back', -86_400_000, [false, true]],
    ['a day forward', 86_400_000, [false, false]],
  ] as const)(
    'a guard about the age of the sign-in is not kept open by a clock that was put %s',
    async (_, jump, answer) => {
      const { answers, clock, signIn, network } = openStepUp()
      await signIn()
      clock.advance(2 * MINUTE)
      clock.jump(jump)
      network.wake()
      await drain()
      expect(answers()).toEqual(answer)
    },
  )

  it('a guard about the age of the sign-in closes on waking up from a sleep', async () => {
    const { auth, answers, clock, network, signIn } = openStepUp()
    await signIn()
    const seen: boolean[][] = []
    auth.subscribe(() => void seen.push(answers()))
    clock.sleep(10 * MINUTE)
    network.wake()
    await drain()
    expect(seen).toEqual([[false, false]])
  })

  it.each([undefined, null, 'yesterday', -1, NaN])(
    'a guard about the age of the sign-in is closed where the record says %j',
    async (signedInAt) => {
      const browser = await browserWithSession()
      const [key] = browser.keys()
      const { storage } = browser.openTab()
      const record = (await storage.read(key ?? '')) as { revision: string; version: 1 }
      await storage.compareAndSet(key ?? '', record.revision, { ...record, revision: 'tampered', signedInAt })
      const tab = openStepUp({}, browser)
      await tab.boot()
      tab.client.next('getUser').answer(ann)
      await drain()
      expect(tab.status()).toBe('authenticated')
      expect(tab.answers()).toEqual([false, false])
    },
  )

  it('a guard about the age of the sign-in costs an app without one no event and no timer', async () => {
    const types: string[] = []
    const tab = openTab({ inspect: (event) => void ('event' in event && types.push(event.event.type)) } as Options)
    await tab.signIn()
    const timers = tab.clock.pending
    tab.clock.advance(10 * MINUTE)
    await drain()
    expect(types).not.toContain('session.aged')
    expect(tab.clock.pending).toBe(timers)
  })

  it('a guard about the age of the sign-in leaves no timer behind', async () => {
    const { auth, clock, signIn } = openStepUp()
    await signIn()
    auth.destroy()
    expect(clock.pending).toBe(0)
  })
})

describe('guards of the chart itself', () => {
  it('guards of the chart itself are what a machine was given in place of the named ones', async () => {
    const machine = authMachine.provide({
      guards: { isAllowed: ({ context }, { guard }) => guard === 'isAnn' && context.session?.user === ann },
    })
    const { auth, signIn } = openTab({ machine, guards: undefined })
    await signIn()
    const can = auth.can as unknown as (guard: string) => boolean
    expect([can('isAnn'), can('isBob')]).toEqual([true, false])
    const asked = watch(auth.requireUser({ guard: 'isAnn' as 'isEditor' }))
    await drain()
    expect(asked.now).toBe('resolved')
  })

  it('guards of the chart itself do not open to a user who is not signed in', async () => {
    const machine = authMachine.provide({ guards: { isAllowed: () => true } })
    const { auth } = openTab({ machine, guards: { isEditor: hasRole('editor') } } as unknown as Options)
    auth.subscribe(() => {})
    await drain()
    expect(auth.can('isEditor')).toBe(false)
  })
})
