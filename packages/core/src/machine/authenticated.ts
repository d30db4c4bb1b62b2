import { authSetup } from './setup.ts'
import {
  askGuard,
  beginAttempt,
  noteAge,
  noteEnded,
  noteError,
  noteSession,
  signedOutElsewhere,
  signOut,
  takeSession,
} from './transitions.ts'

const deferral = {
  type: 'noteDelay',
  params: ({ event }: { event: { retryAt: number } }) => ({ retryAt: event.retryAt }),
} as const

/** A user is signed in. Its children say how the renewal of the access token stands. */
export const authenticated = authSetup.createStateConfig({
  invoke: [
    { id: 'confirmUser', src: 'confirmUser' },
    { id: 'watchAge', src: 'watchAge' },
  ],
  initial: 'fresh',
  on: {
    signIn: beginAttempt,
    signUp: beginAttempt,
    signOut: signOut,
    'session.renewed': { target: '.fresh', actions: [noteSession, 'clearError'] },
    'session.confirmed': { actions: [noteSession] },
    'session.doubted': { actions: [noteSession] },
    'session.aged': noteAge,
    'session.ended': { target: '#auth.expired', actions: [noteEnded] },
    'tabs.signedIn': takeSession,
    'tabs.signedOut': signedOutElsewhere,
    access: askGuard,
  },
  states: {
    fresh: {
      invoke: { id: 'watchExpiry', src: 'watchExpiry' },
      on: {
        refresh: { guard: 'isRenewable', target: 'refreshing' },
        'expiry.due': { target: 'refreshing' },
        'expiry.reached': {
          guard: 'isLastToken',
          target: '#auth.expired',
          actions: [{ type: 'endSession', params: { reason: 'access-token-expired' } }],
        },
      },
    },
    refreshing: {
      invoke: { id: 'refresh', src: 'refresh' },
      on: {
        'refresh.deferred': { target: 'waiting', actions: [noteError, deferral] },
        'refresh.lost': { target: 'indeterminate', actions: [noteError] },
      },
    },
    waiting: {
      invoke: { id: 'awaitRetry', src: 'awaitRetry', input: ({ context }) => ({ retryAt: context.retryAt }) },
      on: {
        refresh: { target: 'refreshing' },
        'retry.due': { target: 'refreshing' },
      },
    },
    indeterminate: {
      invoke: { id: 'watchExpiry', src: 'watchExpiry' },
      on: {
        'expiry.reached': {
          target: '#auth.expired',
          actions: [{ type: 'endSession', params: { reason: 'refresh-indeterminate' } }],
        },
      },
    },
  },
})
