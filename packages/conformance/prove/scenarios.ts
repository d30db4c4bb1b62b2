/** Where each exploration begins, and what may happen in it. */
import { LIFETIME } from './server.ts'
import { KEY, type Budget, type State } from './state.ts'

export interface Scenario {
  readonly name: string
  readonly tabs: number
  /** Ann is signed in on the disk, with a token that is good or due; or no user is. */
  readonly stored: 'due' | 'good' | null
  readonly left: Budget
  /** The same where an hour is given. */
  readonly wide: Budget
  /** It comes last and takes what time is left: on a slow machine its first states have to do. */
  readonly isLong?: true
}

/** Any date. */
const START = Date.UTC(2026, 0, 5, 9)

export const scenarios: readonly Scenario[] = [
  {
    name: 'two tabs renew twice',
    tabs: 2,
    stored: 'due',
    left: { refresh: 1, faults: 1 },
    wide: { refresh: 1, faults: 1, losses: 1 },
  },
  {
    name: 'three tabs renew',
    tabs: 3,
    stored: 'due',
    left: { faults: 1 },
    wide: { faults: 2 },
  },
  {
    name: 'a frozen tab loses its lease',
    tabs: 2,
    stored: 'due',
    left: { leases: 1, faults: 2 },
    wide: { leases: 1, faults: 3 },
  },
  {
    name: 'an answer of the storage is late',
    tabs: 2,
    stored: 'due',
    left: { late: 1 },
    wide: { late: 1, waits: 2 },
  },
  {
    name: 'an answer of the server is lost',
    tabs: 2,
    stored: 'due',
    left: { losses: 1 },
    wide: { losses: 1, waits: 1 },
  },
  {
    name: 'the server takes a user for another one',
    tabs: 2,
    stored: 'due',
    left: { strangers: 1, faults: 1 },
    wide: { strangers: 1, faults: 2 },
  },
  {
    name: 'the server ends the session',
    tabs: 2,
    stored: 'due',
    left: { ends: 1, refresh: 1, drops: 1 },
    wide: { ends: 1, refresh: 1, drops: 1, faults: 1 },
  },
  {
    name: 'the user signs out and the page dies',
    tabs: 1,
    stored: 'due',
    left: { signOut: 1, faults: 2 },
    wide: { signOut: 1, faults: 3, late: 1 },
  },
  {
    name: 'the user signs out in one of two tabs',
    tabs: 2,
    stored: 'good',
    left: { signOut: 1 },
    wide: { signOut: 1, faults: 1 },
  },
  {
    name: 'the user signs out while a tab renews',
    tabs: 1,
    stored: 'due',
    left: { signOut: 1, late: 1, token: 1 },
    wide: { signOut: 1, late: 1, token: 1, faults: 1 },
  },
  {
    name: 'a user signs in',
    tabs: 2,
    stored: null,
    left: { signInAnn: 1, faults: 2 },
    wide: { signInAnn: 1, signOut: 1, faults: 1 },
  },
  {
    name: 'a user signs in and gives it up',
    tabs: 2,
    stored: null,
    left: { signInAnn: 1, cancel: 1, faults: 1 },
    wide: { signInAnn: 1, cancel: 1, faults: 2 },
  },
  {
    name: 'another user signs in',
    tabs: 2,
    stored: 'good',
    left: { signInBob: 1, cancel: 1, faults: 1 },
    wide: { signInBob: 1, cancel: 1, faults: 2 },
  },
  {
    name: 'another user signs in while a tab renews',
    tabs: 2,
    stored: 'due',
    left: { signInBob: 1 },
    wide: { signInBob: 1, late: 1 },
  },
  {
    name: 'the disk is full',
    tabs: 2,
    stored: 'due',
    left: { full: 2, faults: 1 },
    wide: { full: 2, waits: 1 },
  },
  {
    name: 'the disk is full and an answer of the server is lost',
    tabs: 2,
    stored: 'due',
    left: { full: 2, losses: 1 },
    wide: { full: 2, losses: 1, faults: 1 },
  },
  {
    name: 'a tab gives up a token while the next one is not stored',
    tabs: 2,
    stored: 'due',
    left: { leases: 1, waits: 1 },
    wide: { leases: 1, waits: 1, late: 1, drops: 1 },
  },
  {
    name: 'a page opens on a storage that is slow or fails',
    tabs: 1,
    stored: 'good',
    left: { faults: 1, waits: 3 },
    wide: { faults: 1, waits: 5 },
  },
  {
    name: 'two tabs renew twice, and two things go wrong',
    tabs: 2,
    stored: 'due',
    left: { refresh: 1, faults: 2 },
    wide: { refresh: 1, faults: 3 },
    isLong: true,
  },
]

export function startOf({ tabs, stored, left }: Omit<Scenario, 'name' | 'wide'>): State {
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
  const session = { user: 'ann', tokens: ['~2~'], id: '~1~', isAlive: true, isNew: false }
  return {
    now: START,
    disk: stored && record,
    isFull: false,
    notes: stored ? { [KEY]: JSON.stringify('~1~') } : {},
    sessions: stored ? [{ ...session, isLeft: false, isReplaced: false, lost: 0, isGivenUp: false }] : [],
    lock: [],
    tabs: Array.from({ length: tabs }, () => ({
      place: null,
      names: [],
      done: [],
      hints: [],
      blindUntil: 0,
      hasCancelled: false,
    })),
    orphans: [],
    left,
    isHushed: false,
    names: 3,
    last: left.switches === undefined ? null : 0,
  }
}
