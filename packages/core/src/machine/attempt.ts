import { authenticating } from './authenticating.ts'
import { authSetup } from './setup.ts'
import { begin, giveUpQueued, queue } from './transitions.ts'

/** What the user does about signing in. The session beside it goes on. */
export const attempt = authSetup.createStateConfig({
  initial: 'early',
  states: {
    early: {
      on: {
        signIn: queue,
        signUp: queue,
        signOut: { target: 'idle' },
        'restore.found': { target: 'idle' },
        'restore.ended': { target: 'idle' },
        'restore.empty': { target: 'idle' },
      },
    },
    queued: {
      on: {
        signIn: queue,
        signUp: queue,
        cancel: { target: 'early', ...giveUpQueued },
        signOut: { target: 'idle', ...giveUpQueued },
        'restore.found': { target: 'authenticating' },
        'restore.ended': { target: 'authenticating' },
        'restore.empty': { target: 'authenticating' },
      },
    },
    idle: {
      on: {
        signIn: begin,
        signUp: begin,
      },
    },
    authenticating,
  },
})
