import { authenticated } from './authenticated.ts'
import { authenticating } from './authenticating.ts'
import { authSetup } from './setup.ts'
import { beginAttempt, holdTokens, noteEnded, noteSession, queueAttempt, signOut, takeSession } from './transitions.ts'
import type { AuthContext } from './types.ts'

const reasonOfEnd = ({ context }: { context: AuthContext }) =>
  ({ reason: context.ended?.reason ?? 'signed-out' }) as const

/**
 * The client-side auth lifecycle. Commands come from `createAuth`, facts from the effects; no event carries a secret.
 * Replace any part with `authMachine.provide({ … })`.
 */
export const authMachine = authSetup.createMachine({
  id: 'auth',
  context: ({ input }) => ({
    session: null,
    attempt: null,
    challenge: null,
    ended: null,
    error: null,
    outgrown: 0,
    retryAt: 0,
    persistence: input.persistence,
    hint: input.hint,
  }),
  invoke: [
    { id: 'watchTabs', src: 'watchTabs' },
    { id: 'watchSession', src: 'watchSession' },
  ],
  on: {
    'storage.lost': { actions: ['noteStorageLost'] },
    'storage.back': { actions: ['noteStorageBack'] },
  },
  initial: 'restoring',
  states: {
    restoring: {
      invoke: { id: 'restore', src: 'restore' },
      on: {
        signIn: queueAttempt,
        signUp: queueAttempt,
        cancel: { actions: ['dropAttempt', 'clearAttempt'] },
        signOut: { ...signOut, actions: ['dropAttempt', ...signOut.actions] },
        'restore.found': [
          { guard: 'isAttemptQueued', target: 'authenticating', actions: [holdTokens, noteSession] },
          {
            guard: { type: 'isSpendUnknown', params: ({ event }) => ({ spendUnknown: event.spendUnknown }) },
            target: 'authenticated.indeterminate',
            actions: [holdTokens, noteSession],
          },
          { target: 'authenticated', actions: [holdTokens, noteSession] },
        ],
        'restore.ended': [
          { guard: 'isAttemptQueued', target: 'authenticating', actions: [noteEnded] },
          { target: 'expired', actions: [noteEnded] },
        ],
        'restore.empty': [{ guard: 'isAttemptQueued', target: 'authenticating' }, { target: 'anonymous' }],
      },
    },
    anonymous: {
      on: {
        signIn: beginAttempt,
        signUp: beginAttempt,
        'tabs.signedIn': takeSession,
      },
      exit: ['clearError'],
    },
    authenticating,
    authenticated,
    expired: {
      entry: [{ type: 'dropTokens', params: reasonOfEnd }],
      on: {
        signIn: beginAttempt,
        signUp: beginAttempt,
        signOut: signOut,
        dismiss: { target: 'anonymous', actions: ['forgetEnded', 'clearEnded', 'clearError'] },
        'tabs.signedIn': takeSession,
      },
    },
    signingOut: {
      invoke: { id: 'revoke', src: 'revoke' },
      on: {
        signIn: beginAttempt,
        signUp: beginAttempt,
        'revoke.settled': { target: 'signedOut' },
        'tabs.signedIn': takeSession,
      },
    },
    signedOut: {
      on: {
        signIn: beginAttempt,
        signUp: beginAttempt,
        dismiss: { target: 'anonymous' },
        'tabs.signedIn': takeSession,
      },
      exit: ['clearEnded'],
    },
  },
})

export type AuthMachine = typeof authMachine
