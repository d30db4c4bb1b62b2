/** Where each exploration begins, and what may happen in it. */
import { LIFETIME } from './server.ts'
import type { Budget, State } from './state.ts'

export interface Scenario {
  readonly name: string
  readonly tabs: number
  /** Ann is signed in on the disk, with a token that is good or due; or no user is. */
  readonly stored: 'due' | 'good' | null
  readonly left: Budget
}

/** Any date. */
const START = Date.UTC(2026, 0, 5, 9)

export const scenarios: readonly Scenario[] = [
  { name: 'two tabs renew', tabs: 2, stored: 'due', left: { refresh: 1, faults: 1 } },
]

export function startOf({ tabs, stored, left }: Scenario): State {
  const receivedAt = START - (stored === 'due' ? LIFETIME * 0.6 : 0)
  const record = {
    version: 1,
    revision: '~0~',
    id: '~1~',
    generation: 1,
    user: { id: 'ann' },
    accessToken: 'A~2~',
    refreshToken: 'R~2~',
    receivedAt,
    lifetime: LIFETIME,
    signedInAt: receivedAt,
    marked: false,
  }
  const session = { user: 'ann', tokens: ['~2~'], id: '~1~', isAlive: true }
  return {
    now: START,
    disk: stored && record,
    twin: stored && JSON.stringify({ latest: '~1~', spend: null, ended: [] }),
    sessions: stored ? [{ ...session, isLeft: false, isReplaced: false }] : [],
    lock: [],
    tabs: Array.from({ length: tabs }, () => ({ place: null, names: [], done: [], hints: [], isBlind: false })),
    orphans: [],
    left,
    isHushed: false,
    last: left.switches === undefined ? null : 0,
  }
}
