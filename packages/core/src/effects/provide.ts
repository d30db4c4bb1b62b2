import { authMachine, type AuthMachine } from '../machine/machine.ts'
import type { AuthContext, EndReason, SessionView } from '../machine/types.ts'
import type { World } from '../world.ts'
import { answerChallenge, authenticate } from './authenticate.ts'
import { watchChallenge } from './challenge.ts'
import { watchAge, watchExpiry } from './expiry.ts'
import { awaitRetry, refresh } from './refresh.ts'
import { restore } from './restore.ts'
import { revoke, watchSession, watchTabs } from './tabs.ts'
import { confirmUser } from './user.ts'

/** What the chart's actions do to the world. */
export interface Hands {
  readonly hold: (session: SessionView) => void
  readonly replace: (session: SessionView) => void
  readonly drop: (reason: EndReason) => void
  readonly forgetEnded: () => void
}

type IsAllowed = (args: { context: AuthContext }, asked: { guard: string; params: readonly unknown[] }) => boolean

/** The chart with the real effects; what the app replaced in it stays replaced. */
export function provideEffects(machine: AuthMachine, world: World & Hands, isAllowed: IsAllowed): AuthMachine {
  // in one go: each provide() builds all the states anew
  return authMachine.provide({
    actors: {
      watchTabs: watchTabs(world),
      watchSession: watchSession(world),
      restore: restore(world),
      authenticate: authenticate(world),
      watchChallenge: watchChallenge(world),
      answerChallenge: answerChallenge(world),
      watchExpiry: watchExpiry(world),
      watchAge: watchAge(world),
      confirmUser: confirmUser(world),
      refresh: refresh(world),
      awaitRetry: awaitRetry(world),
      revoke: revoke(world),
      ...replacedIn(machine, 'actors'),
    },
    actions: {
      holdTokens: (_, { session }) => world.hold(session),
      replaceTokens: (_, { session }) => world.replace(session),
      dropTokens: (_, { reason }) => world.drop(reason),
      dropAttempt: ({ context }) => world.vault.forget(context.attempt),
      forgetEnded: () => world.forgetEnded(),
      ...replacedIn(machine, 'actions'),
    },
    guards: { isAllowed, ...replacedIn(machine, 'guards') },
  })
}

type Kind = 'actors' | 'actions' | 'guards'

function replacedIn<K extends Kind>(machine: AuthMachine, kind: K): AuthMachine['implementations'][K] {
  const original: Readonly<Record<string, unknown>> = authMachine.implementations[kind]
  const entries = Object.entries(machine.implementations[kind])
  // the same kind of entries, fewer of them
  return Object.fromEntries(
    entries.filter(([name, own]) => own !== original[name]),
  ) as AuthMachine['implementations'][K]
}
