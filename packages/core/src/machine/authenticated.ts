import type { AuthError } from '../errors.ts'
import { authSetup } from './setup.ts'
import { setEnded, setSession, signedOutElsewhere, signOut } from './transitions.ts'

const setRenewalError = {
  type: 'setRenewalError',
  params: ({ event }: { event: { error: AuthError } }) => ({ error: event.error }),
} as const

const setDelay = {
  type: 'setDelay',
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
    signOut,
    'session.renewed': { target: '.fresh', actions: [setSession, 'clearErrors'] },
    'session.confirmed': { actions: [setSession] },
    'session.invalidated': { actions: [setSession] },
    'session.aged': {
      actions: [{ type: 'setAgeLimitsPassed', params: ({ event }) => ({ ageLimitsPassed: event.ageLimitsPassed }) }],
    },
    'session.ended': { target: '#auth.session.expired', actions: [setEnded] },
    'tabs.signedOut': signedOutElsewhere,
    access: {
      guard: { type: 'isAllowed', params: ({ event }) => ({ guard: event.guard, params: event.params }) },
      actions: ['allow'],
    },
  },
  states: {
    fresh: {
      invoke: { id: 'watchExpiry', src: 'watchExpiry' },
      on: {
        refresh: { guard: 'isRenewable', target: 'refreshing' },
        'expiry.due': { target: 'refreshing' },
        'expiry.reached': {
          guard: 'isLastToken',
          target: '#auth.session.expired',
          actions: [{ type: 'endSession', params: { reason: 'access-token-expired' } }],
        },
      },
    },
    refreshing: {
      invoke: { id: 'refresh', src: 'refresh' },
      on: {
        'refresh.deferred': { target: 'waiting', actions: [setRenewalError, setDelay] },
        'refresh.lost': { target: 'indeterminate', actions: [setRenewalError] },
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
          target: '#auth.session.expired',
          actions: [{ type: 'endSession', params: { reason: 'refresh-indeterminate' } }],
        },
      },
    },
  },
})
