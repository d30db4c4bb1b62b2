/** How to get into each state of the chart. */
import { annsPassword, bobsPassword, browserWithSession, busy, drain, DUE, openTab, type Tab } from './support.ts'

export type State =
  | 'restoring'
  | 'anonymous'
  | 'submitting'
  | 'awaitingCode'
  | 'verifyingCode'
  | 'fresh'
  | 'refreshing'
  | 'waiting'
  | 'indeterminate'
  | 'expired'
  | 'signingOut'
  | 'signedOut'

/** How to get there. The session of the first state is Ann's. */
export const states: Readonly<Record<State, () => Promise<Tab>>> = {
  async restoring() {
    const tab = openTab({}, await browserWithSession())
    tab.tab.holdStorage()
    await tab.boot()
    return tab
  },
  async anonymous() {
    const tab = openTab()
    await tab.boot()
    return tab
  },
  async submitting() {
    const tab = openTab()
    void tab.auth.signIn(annsPassword).catch(() => {})
    await drain()
    return tab
  },
  async awaitingCode() {
    const tab = await states.submitting()
    tab.client.next('signIn').answer({ challenge: { kind: 'totp', handle: 1 } })
    await drain()
    return tab
  },
  async verifyingCode() {
    const tab = await states.awaitingCode()
    void tab.auth.answerChallenge({ code: '123456' }).catch(() => {})
    await drain()
    return tab
  },
  async fresh() {
    const tab = openTab()
    await tab.signIn()
    return tab
  },
  async refreshing() {
    const tab = await states.fresh()
    tab.clock.advance(DUE)
    await drain()
    return tab
  },
  async waiting() {
    const tab = await states.refreshing()
    tab.client.next('refresh').fail(busy())
    await drain()
    return tab
  },
  async indeterminate() {
    const tab = await states.refreshing()
    tab.client.next('refresh').fail('network')
    await drain()
    return tab
  },
  async expired() {
    const tab = await states.refreshing()
    tab.client.next('refresh').fail('session-expired')
    await drain()
    return tab
  },
  async signingOut() {
    const tab = await states.fresh()
    void tab.auth.signOut()
    await drain()
    return tab
  },
  async signedOut() {
    const tab = await states.signingOut()
    tab.client.next('signOut').answer()
    await drain()
    return tab
  },
}

export const statuses: Readonly<Record<State, string>> = {
  restoring: 'restoring',
  anonymous: 'anonymous',
  submitting: 'authenticating',
  awaitingCode: 'challenged',
  verifyingCode: 'challenged',
  fresh: 'authenticated',
  refreshing: 'refreshing',
  waiting: 'authenticated',
  indeterminate: 'authenticated',
  expired: 'expired',
  signingOut: 'signingOut',
  signedOut: 'signedOut',
}

/** How far Bob's sign-in has come, beside whatever session there is. */
export const phases: Readonly<Record<string, (tab: Tab) => Promise<void>>> = {
  async 'is submitted'({ auth }) {
    void auth.signIn(bobsPassword).catch(() => {})
    await drain()
  },
  async 'waits for a code'(tab) {
    await phases['is submitted']?.(tab)
    tab.client.next('signIn').answer({ challenge: { kind: 'totp', handle: 1 } })
    await drain()
  },
  async 'has its code checked'(tab) {
    await phases['waits for a code']?.(tab)
    void tab.auth.answerChallenge({ code: '123456' }).catch(() => {})
    await drain()
  },
}
export const statusIn = (phase: string): string => (phase === 'is submitted' ? 'authenticating' : 'challenged')
