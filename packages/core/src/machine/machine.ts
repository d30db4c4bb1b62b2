import { attempt } from './attempt.ts'
import { session } from './session.ts'
import { authSetup } from './setup.ts'

/**
 * The client-side auth lifecycle. Commands come from `createAuth`, facts from the effects; no event carries a secret.
 * Replace any part with `authMachine.provide({ … })`.
 */
export const authMachine = authSetup.createMachine({
  id: 'auth',
  type: 'parallel',
  context: ({ input }) => ({
    session: null,
    attempt: null,
    challenge: null,
    ended: null,
    error: null,
    renewalError: null,
    ageLimitsPassed: 0,
    retryAt: 0,
    persistence: input.persistence,
    input,
  }),
  invoke: [
    { id: 'watchTabs', src: 'watchTabs' },
    { id: 'watchSession', src: 'watchSession' },
  ],
  on: {
    'storage.lost': { actions: ['setStorageLost'] },
    'storage.back': { actions: ['setStorageBack'] },
  },
  states: { session, attempt },
})

export type AuthMachine = typeof authMachine
