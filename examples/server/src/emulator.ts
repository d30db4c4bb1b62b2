import { createAccessTokens, type AccessTokens } from './access.ts'
import { createAccounts, type Accounts } from './accounts.ts'
import { createClock, type Clock } from './clock.ts'
import { openDatabase, type Database } from './db.ts'
import { createFaults, type Faults } from './faults.ts'
import { createRateLimits, type RateLimits } from './limits.ts'
import { createLinks, type Links } from './links.ts'
import { createMfa, type Mfa } from './mfa.ts'
import { createOutbox, type Outbox } from './outbox.ts'
import { seed } from './seed.ts'
import { createSessions, type Sessions } from './sessions.ts'
import { createSettings, type ServerOptions, type Settings } from './settings.ts'
import { createSocialProvider, type SocialProvider } from './social.ts'
import { createStats, type StatsRecorder } from './stats.ts'

/** Everything behind the routes. One per server; two servers never meet. */
export interface Emulator {
  readonly settings: Settings
  readonly clock: Clock
  readonly db: Database
  readonly stats: StatsRecorder
  readonly limits: RateLimits
  readonly accounts: Accounts
  readonly sessions: Sessions
  readonly access: AccessTokens
  readonly outbox: Outbox
  readonly links: Links
  readonly mfa: Mfa
  readonly social: SocialProvider
  readonly faults: Faults
}

export function createEmulator(options: ServerOptions): Emulator {
  const settings = createSettings(options)
  const clock = createClock(options.now ?? Date.now)
  const db = openDatabase(options.file ?? ':memory:')
  seed(db, clock)
  const stats = createStats()
  const limits = createRateLimits(clock, settings)
  const accounts = createAccounts(db, clock)
  const outbox = createOutbox(clock)
  return {
    settings,
    clock,
    db,
    stats,
    limits,
    accounts,
    outbox,
    sessions: createSessions({ db, clock, settings, accounts, limits, stats }),
    access: createAccessTokens(db, clock, settings),
    links: createLinks(db, clock, outbox),
    mfa: createMfa(db, clock),
    social: createSocialProvider(db, clock),
    faults: createFaults(),
  }
}
