import { viewOf, type User, type UserChanges, type UserView } from './accounts.ts'
import type { Emulator } from './emulator.ts'
import { ApiError } from './errors.ts'
import type { ActiveFault, Fault } from './faults.ts'
import type { Mail } from './outbox.ts'
import { seed } from './seed.ts'
import type { ProjectSettings } from './settings.ts'
import type { SocialCode, SocialCodeRequest } from './social.ts'
import type { Stats, UserStats } from './stats.ts'

export interface ControlledUser extends UserView {
  readonly banned: boolean
  readonly verificationRequired: boolean
}

export interface ControlledChanges extends UserChanges {
  /** Signs the user out on every device. */
  readonly endSessions?: boolean | undefined
  /** Deletes the account; everything else is ignored. */
  readonly remove?: boolean | undefined
}

/** The strings behind the stage: what the `/__control` routes do, as functions. */
export interface Control {
  /** Returns the id of the fault. */
  readonly addFault: (fault: Fault) => string
  /** Lets go the requests that it holds. False when it is gone already. */
  readonly removeFault: (id: string) => boolean
  readonly clearFaults: () => void
  readonly faults: () => readonly ActiveFault[]
  /** Ends the access tokens given out so far, of every user or of one; refresh tokens stay good. */
  readonly expireAccess: (email?: string) => void
  /** Newest last. */
  readonly outbox: () => readonly Mail[]
  readonly stats: () => Stats
  /** Null once the account is deleted. */
  readonly updateUser: (email: string, changes: ControlledChanges) => ControlledUser | null
  readonly issueSocialCode: (request: SocialCodeRequest) => Promise<SocialCode>
  /** A second-factor code that the server takes right now. */
  readonly totp: (email: string) => string
  /** Lets that many seconds pass on the server. Returns its time in epoch milliseconds. */
  readonly advance: (seconds: number) => number
  readonly configure: (changes: Partial<ProjectSettings>) => ProjectSettings
  /** Everything as at the start: data, time, settings, limits, counts, mail and faults. */
  readonly reset: () => void
}

export function createControl(emulator: Emulator): Control {
  const { accounts, clock, db, faults, limits, mfa, outbox, sessions, settings, social, stats } = emulator

  function known(email: string): User {
    const user = accounts.byEmail(email.trim().toLowerCase())
    if (!user) throw new ApiError('auth/user-not-found')
    return user
  }

  function collectStats(): Stats {
    const users = db.all<{ id: string; email: string }>('select id, email from users order by rowid')
    const counted = users.map(({ id, email }): [string, UserStats] => [
      email,
      { sessions: sessions.count(id), ...stats.of(id) },
    ])
    return {
      requests: stats.requests(),
      refreshes: stats.total('refreshes'),
      replays: stats.total('replays'),
      sessions: sessions.count(),
      users: Object.fromEntries(counted),
    }
  }

  function updateUser(email: string, { endSessions, remove, ...changes }: ControlledChanges): ControlledUser | null {
    const { id } = known(email)
    if (endSessions || remove) sessions.endAll(id)
    if (remove) accounts.remove(id)
    else accounts.change(id, changes)
    const user = accounts.byId(id)
    return (
      user && { ...viewOf(user), banned: user.banned === 1, verificationRequired: user.verification_required === 1 }
    )
  }

  function configure(changes: Partial<ProjectSettings>): ProjectSettings {
    Object.assign(settings, changes)
    const { accessTtl, envelope, errorShape, publishableKey, projectId } = settings
    const { magicLink, providers, requireVerifiedEmail } = settings
    return {
      accessTtl,
      envelope,
      errorShape,
      publishableKey,
      projectId,
      magicLink,
      providers,
      requireVerifiedEmail,
    }
  }

  return {
    addFault: faults.add,
    removeFault: faults.remove,
    clearFaults: faults.reset,
    faults: faults.active,
    expireAccess: (email) => sessions.expireAccess(email === undefined ? undefined : known(email).id),
    outbox: outbox.all,
    stats: collectStats,
    updateUser,
    issueSocialCode: social.issue,
    totp: (email) => mfa.currentCode(known(email)),
    advance: (seconds) => {
      clock.advance(seconds)
      return clock.now()
    },
    configure,
    reset: () => {
      faults.reset()
      settings.reset()
      clock.reset()
      limits.reset()
      stats.reset()
      outbox.reset()
      db.clear()
      seed(db, clock)
    },
  }
}
