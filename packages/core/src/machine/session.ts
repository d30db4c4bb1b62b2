import { authenticated } from './authenticated.ts'
import { authSetup } from './setup.ts'
import { grantSession, holdTokens, setEnded, setSession, signOut, takeSession } from './transitions.ts'
import type { AuthContext } from './types.ts'

const reasonOfEnd = ({ context }: { context: AuthContext }) =>
  ({ reason: context.ended?.reason ?? 'signed-out' }) as const

/** Who is signed in, and how that ended. */
export const session = authSetup.createStateConfig({
  initial: 'restoring',
  on: {
    'authenticate.granted': grantSession,
    'tabs.signedIn': takeSession,
  },
  states: {
    restoring: {
      invoke: { id: 'restore', src: 'restore' },
      on: {
        signOut,
        'restore.found': [
          {
            guard: { type: 'isSpendUnknown', params: ({ event }) => ({ spendUnknown: event.spendUnknown }) },
            target: 'authenticated.indeterminate',
            actions: [holdTokens, setSession],
          },
          { target: 'authenticated', actions: [holdTokens, setSession] },
        ],
        'restore.ended': { target: 'expired', actions: [setEnded] },
        'restore.empty': { target: 'anonymous' },
      },
    },
    anonymous: {
      on: {
        signOut: { ...signOut, guard: 'isAttempting' },
      },
    },
    authenticated,
    expired: {
      entry: [{ type: 'dropTokens', params: reasonOfEnd }],
      on: {
        signOut,
        dismiss: { target: 'anonymous', actions: ['forgetEnded', 'clearEnded', 'clearErrors'] },
      },
    },
    signingOut: {
      invoke: { id: 'revoke', src: 'revoke' },
      on: {
        'revoke.settled': { target: 'signedOut' },
      },
    },
    signedOut: {
      on: {
        dismiss: { target: 'anonymous', actions: ['clearEnded', 'clearErrors'] },
      },
    },
  },
})
