/** What can happen to a browser and to the users before it. Plain data, so that a failing story shrinks to its core. */
import fc from 'fast-check'
import { drain } from '@authchart/core/testing'
import { worldFaults, type WorldFault } from '@authchart/core/testing/world'
import type { Page, Setup } from './page.ts'
import { guarded, passwordOf, rightCode, wrongCode, type Name, type Simulation } from './simulation.ts'
import { secret } from '../src/secrets.ts'

/** `page` counts the pages that are open. */
interface OnPage {
  readonly page: number
}
export type Command =
  | { readonly do: 'open' | 'goOffline' | 'goOnline' | 'clearStorage' | 'heal' }
  | ({
      readonly do: 'signIn'
      readonly as: Name
      readonly with: 'password' | 'wrong password' | 'second factor'
    } & OnPage)
  | ({ readonly do: 'answer'; readonly right: boolean } & OnPage)
  | ({
      readonly do: 'cancel' | 'signOut' | 'refresh' | 'fetch' | 'dismiss' | 'getAccessToken' | 'requireEditor'
    } & OnPage)
  | ({ readonly do: 'kill' | 'reload' | 'destroy' | 'wake' | 'comeBack' } & OnPage)
  | ({ readonly do: 'holdStorage' | 'releaseStorage' | 'breakStorage' } & OnPage)
  | { readonly do: 'advance' | 'sleep'; readonly minutes: number }
  | { readonly do: 'jump'; readonly hours: number }
  | ({ readonly do: 'fault' } & WorldFault)
  | { readonly do: 'changeRole' | 'endSessions'; readonly of: Name }

const MINUTE = 60_000
const MOST_PAGES = 4

const page = fc.nat({ max: MOST_PAGES - 1 })
const name = fc.constantFrom<Name[]>('ann', 'ann', 'bob')
const on = <T extends string>(...names: T[]) => fc.record({ do: fc.constantFrom(...names), page })

/** A moment, up to when a renewal is due, or a while. A machine that sleeps may sleep longer than a session lives. */
const moments = [0.02, 0.1, 0.5, 1, 5]
const dues = [28, 34, 40, 61]
const passing = fc.record({
  do: fc.constant('advance' as const),
  minutes: fc.constantFrom(...moments, ...moments, ...dues, ...dues, ...dues, 180, 300),
})
const sleeping = fc.record({ do: fc.constant('sleep' as const), minutes: fc.constantFrom(1, ...dues, 600, 9 * 1440) })

const fault = fc.record({
  do: fc.constant('fault' as const),
  kind: fc.constantFrom(...worldFaults),
  method: fc.oneof(
    { weight: 5, arbitrary: fc.constant('refresh' as const) },
    { weight: 2, arbitrary: fc.constantFrom('getUser' as const, 'api' as const, 'signIn' as const) },
    { weight: 1, arbitrary: fc.constantFrom('answerChallenge' as const, 'signOut' as const, 'ping' as const) },
  ),
  times: fc.constantFrom(1, 1, 1, 2, 5),
  seconds: fc.constantFrom(0, 1, 4, 29, 45, 120, 4000),
})

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('signIn' as const),
      page,
      as: name,
      with: fc.constantFrom('password', 'password', 'password', 'password', 'second factor', 'wrong password'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('answer' as const), page, right: fc.boolean() }) },
  { weight: 9, arbitrary: passing },
  { weight: 3, arbitrary: sleeping },
  { weight: 9, arbitrary: fault },
  { weight: 10, arbitrary: on('refresh', 'refresh', 'fetch', 'fetch', 'getAccessToken', 'requireEditor') },
  { weight: 5, arbitrary: on('signOut', 'signOut', 'cancel', 'dismiss') },
  { weight: 7, arbitrary: on('reload', 'reload', 'kill', 'destroy', 'wake', 'comeBack') },
  { weight: 5, arbitrary: on('holdStorage', 'releaseStorage', 'releaseStorage') },
  { weight: 1, arbitrary: on('breakStorage') },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom('open', 'open', 'open', 'goOffline', 'goOnline', 'goOnline', 'heal', 'clearStorage'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('jump' as const), hours: fc.constantFrom(-24, 24, -1, 1) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('changeRole' as const, 'endSessions' as const), of: name }) },
)

export const commands = (most: number): fc.Arbitrary<Command[]> =>
  fc.array(command, { minLength: 1, maxLength: most, size: 'max' })

export const setups: fc.Arbitrary<Setup> = fc
  .record({
    isJwt: fc.boolean(),
    sendsUser: fc.boolean(),
    hasGetUser: fc.constantFrom(true, true, true, false),
    hasPing: fc.boolean(),
    isInspected: fc.constantFrom(false, false, false, false, false, false, false, true),
    seed: fc.nat({ max: 9999 }),
  })
  // a client has to say who signed in, one way or the other
  .map((setup) => ({ ...setup, sendsUser: setup.sendsUser || !setup.hasGetUser }))

let requests = 0

/** Does it, and lets everything finish that needs no time. */
export async function perform(sim: Simulation, command: Command): Promise<void> {
  if ('page' in command) {
    const open = sim.pages
    const target = open[command.page % Math.max(1, open.length)]
    if (target) await performOn(sim, target, command)
  } else await performOnBrowser(sim, command)
  await drain()
}

async function performOnBrowser(sim: Simulation, command: Exclude<Command, OnPage>): Promise<void> {
  switch (command.do) {
    case 'open':
      if (sim.pages.length < MOST_PAGES) boot(sim)
      return
    case 'goOffline':
      for (const { network } of sim.pages) network.goOffline()
      return
    case 'goOnline':
      for (const { network } of sim.pages) network.goOnline()
      return
    case 'heal':
      return sim.server.heal()
    case 'clearStorage':
      return sim.clear()
    case 'advance':
      return sim.pass(command.minutes * MINUTE)
    case 'sleep':
      return sim.sleep(command.minutes * MINUTE)
    case 'jump':
      return sim.clock.jump(command.hours * 60 * MINUTE)
    case 'fault':
      return sim.server.fault(command)
    case 'changeRole':
      return changeRole(sim, `u-${command.of}`)
    case 'endSessions':
      return sim.server.accounts.endAll(`u-${command.of}`)
  }
}

function changeRole({ server: { accounts } }: Simulation, id: string): void {
  accounts.setRole(id, accounts.userOf(id).role === 'editor' ? 'member' : 'editor')
}

export function boot(sim: Simulation): Page {
  const opened = sim.openPage()
  opened.auth.subscribe(() => {})
  return opened
}

async function performOn(sim: Simulation, target: Page, command: Extract<Command, OnPage>): Promise<void> {
  const { auth, tab, network } = target
  const keep = (promise: Promise<unknown>): void => sim.keep(target, command.do, promise)
  switch (command.do) {
    case 'signIn': {
      const password = command.with === 'wrong password' ? secret('wrong') : passwordOf(command.as)
      const email = command.with === 'second factor' ? guarded(command.as) : command.as
      return keep(auth.signIn({ email, password }))
    }
    case 'answer':
      return keep(auth.answerChallenge({ code: command.right ? rightCode : wrongCode }))
    case 'cancel':
      return auth.cancel()
    case 'dismiss':
      return auth.dismiss()
    case 'signOut':
      target.signOuts += 1
      return keep(auth.signOut())
    case 'refresh':
      return keep(auth.refresh())
    case 'fetch':
      requests += 1
      return keep(auth.fetch('https://api.test/things', { headers: { 'x-request': `${requests}` } }))
    case 'getAccessToken':
      return keep(auth.getAccessToken())
    case 'requireEditor':
      return keep(auth.requireUser({ guard: 'isEditor' }))
    case 'kill':
      return sim.kill(target)
    case 'reload':
      sim.kill(target)
      boot(sim)
      return
    case 'destroy':
      target.isDestroyed = true
      return auth.destroy()
    case 'wake':
      return network.wake()
    case 'comeBack':
      return network.wake(true)
    case 'holdStorage':
      target.isHeld = true
      return tab.holdStorage()
    case 'releaseStorage':
      target.isHeld = false
      return tab.releaseStorage()
    case 'breakStorage':
      target.isBroken = true
      return tab.breakStorage()
  }
}
