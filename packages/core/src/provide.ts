import { answerChallenge, authenticate } from './effects/authenticate.ts'
import { watchChallenge } from './effects/challenge.ts'
import { watchAge, watchExpiry } from './effects/expiry.ts'
import { awaitRetry, refresh } from './effects/refresh.ts'
import { restore } from './effects/restore.ts'
import { revoke, watchSession, watchTabs } from './effects/tabs.ts'
import { confirmUser } from './effects/user.ts'
import { authMachine, type AuthMachine } from './machine/machine.ts'
import type { AuthContext } from './machine/types.ts'
import type { Wired } from './wire.ts'

type IsAllowed = (args: { context: AuthContext }, asked: { guard: string; params: readonly unknown[] }) => boolean

/** The chart with the real effects; what the app replaced in it stays replaced. */
export function provideEffects(
  machine: AuthMachine,
  parts: Wired,
  ageLimits: readonly number[],
  isAllowed: IsAllowed,
): AuthMachine {
  const { vault, handover, signOut, persistence } = parts
  // in one go: each provide() builds all the states anew
  return authMachine.provide({
    actors: {
      watchTabs: watchTabs(parts),
      watchSession: watchSession(parts),
      restore: restore(parts),
      authenticate: authenticate(parts),
      watchChallenge: watchChallenge(parts),
      answerChallenge: answerChallenge(parts),
      watchExpiry: watchExpiry(parts),
      watchAge: watchAge({ ...parts, ageLimits }),
      confirmUser: confirmUser(parts),
      refresh: refresh(parts),
      awaitRetry: awaitRetry(parts),
      revoke: revoke(signOut),
      ...replacedIn(machine, 'actors'),
    },
    actions: {
      holdTokens: (_, { session }) => handover.hold(session),
      replaceTokens: (_, { session }) => handover.replace(session),
      dropTokens: (_, { reason }) => signOut.drop(reason),
      dropAttempt: ({ context }) => vault.credentials.forget(context.attempt),
      forgetEnded: () => void persistence.forgetEnded(),
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
