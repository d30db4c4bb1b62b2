/** What can go wrong between a page and the strict server. */

/** What a fault can happen to. `'api'` is any other request: the app's own data. */
export type WorldMethod = 'signIn' | 'signUp' | 'answerChallenge' | 'refresh' | 'getUser' | 'signOut' | 'ping' | 'api'

/**
 * `lostBefore` never arrives; `late` arrives after that many seconds. `429` and `503` say that nothing was processed.
 * Whatever else goes wrong was processed. `slow` is answered after that many seconds, `silent` never.
 */
export const worldFaults = [
  'lostBefore',
  'late',
  '429',
  '503',
  'slow',
  'silent',
  'lostAfter',
  '500',
  'garbage',
  'someoneElse',
  'banned',
] as const
export interface WorldFault {
  readonly kind: (typeof worldFaults)[number]
  readonly method: WorldMethod
  /** How often it happens. Default 1. */
  readonly times?: number
  /** How late, how slow, or what Retry-After says. Default 0. */
  readonly seconds?: number
}
