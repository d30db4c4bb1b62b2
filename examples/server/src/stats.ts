export interface UserStats {
  readonly sessions: number
  readonly signIns: number
  readonly refreshes: number
  readonly replays: number
}

export interface Stats {
  /** How often each `METHOD /path` was asked for, faults and refusals included. */
  readonly requests: Readonly<Record<string, number>>
  /** Rotations that were carried out, whether or not the answer arrived. */
  readonly refreshes: number
  /** Refresh tokens that were shown again after they were spent. */
  readonly replays: number
  /** Sessions alive now. */
  readonly sessions: number
  /** By e-mail. */
  readonly users: Readonly<Record<string, UserStats>>
}

type Counted = 'signIns' | 'refreshes' | 'replays'

export interface StatsRecorder {
  readonly requested: (method: string, path: string) => void
  readonly signedIn: (userId: string) => void
  readonly refreshed: (userId: string) => void
  readonly replayed: (userId: string) => void
  readonly requests: () => Readonly<Record<string, number>>
  readonly total: (counted: Counted) => number
  readonly of: (userId: string) => Readonly<Record<Counted, number>>
  readonly reset: () => void
}

const NOTHING: Readonly<Record<Counted, number>> = { signIns: 0, refreshes: 0, replays: 0 }

export function createStats(): StatsRecorder {
  const requests = new Map<string, number>()
  const users = new Map<string, Readonly<Record<Counted, number>>>()

  const count = (userId: string, counted: Counted) => {
    const before = users.get(userId) ?? NOTHING
    users.set(userId, { ...before, [counted]: before[counted] + 1 })
  }

  return {
    requested: (method, path) => {
      const key = `${method} ${path}`
      requests.set(key, (requests.get(key) ?? 0) + 1)
    },
    signedIn: (userId) => count(userId, 'signIns'),
    refreshed: (userId) => count(userId, 'refreshes'),
    replayed: (userId) => count(userId, 'replays'),
    requests: () => Object.fromEntries(requests),
    total: (counted) => [...users.values()].reduce((sum, user) => sum + user[counted], 0),
    of: (userId) => users.get(userId) ?? NOTHING,
    reset: () => {
      requests.clear()
      users.clear()
    },
  }
}
