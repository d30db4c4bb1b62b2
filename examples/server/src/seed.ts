import type { Clock } from './clock.ts'
import type { Database } from './db.ts'

/** Who is there at the start. The passwords are for show: the page prints them. */
export interface SeedUser {
  readonly id: string
  readonly email: string
  readonly password: string
  readonly name: string
  readonly role: string
  /** Base32, of the user with a second factor. */
  readonly totpSecret: string | null
  /** What there is to try with this user. */
  readonly about: string
}

const seedUser = (name: string, role: string, about: string, totpSecret: string | null = null): SeedUser => {
  const word = name.toLowerCase()
  return {
    id: `usr_${word}`,
    email: `${word}@demo.test`,
    password: `${name}-demo-1!`,
    name,
    role,
    totpSecret,
    about,
  }
}

export const USERS = {
  admin: seedUser('Admin', 'admin', 'sees the report, changes every post'),
  user: seedUser('User', 'user', 'author of two posts'),
  editor: seedUser('Editor', 'editor', 'changes every post, sees no report'),
  guest: seedUser('Guest', 'guest', 'reads'),
  mfa: seedUser('Mfa', 'user', 'signs in with a code', 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'),
  banned: seedUser('Banned', 'user', 'is refused: auth/account-banned'),
  unverified: seedUser('Unverified', 'user', 'is refused until verified: auth/email-not-verified'),
} as const satisfies Record<string, SeedUser>

export type SeedName = keyof typeof USERS

export const ORGANIZATIONS = {
  main: { id: 'org_demo', name: 'Demo' },
  second: { id: 'org_second', name: 'Second' },
} as const

const POSTS = [
  { id: 'post_1', authorId: USERS.user.id, title: 'A session is a promise', body: 'Written by User.' },
  { id: 'post_2', authorId: USERS.user.id, title: 'Spend it once', body: 'Written by User, too.' },
  { id: 'post_3', authorId: USERS.editor.id, title: 'On editing', body: 'Written by Editor.' },
  { id: 'post_4', authorId: USERS.admin.id, title: 'House rules', body: 'Written by Admin.' },
] as const

const NOTES = [
  { id: 'note_1', ownerId: USERS.user.id, text: 'A note of User that nobody else sees.' },
  { id: 'note_2', ownerId: USERS.admin.id, text: 'A note of Admin that nobody else sees.' },
] as const

/** Argon2id of the passwords above, computed beforehand so that the server starts at once. A test verifies each. */
const PASSWORD_HASHES: Record<SeedName, string> = {
  admin: '$argon2id$v=19$m=19456,t=2,p=1$pWd0wwlA0ngrY7almMOhaw$ivbeCc2IwldrfzEpg8N5/BtWnclXucRiGNQwDBq30oE',
  user: '$argon2id$v=19$m=19456,t=2,p=1$7CV7i42+cQiuvWnUFIwq9w$xPb10ia9o5NLLNRsbwRCXTeE0d/GBseHj3XkwJMcWGc',
  editor: '$argon2id$v=19$m=19456,t=2,p=1$nDxEOmSq/k8KAYK2QJ9k3g$DifAhgAMNA1MqG/ESbZNg9pwvivvK7/8b/aHHFyNABA',
  guest: '$argon2id$v=19$m=19456,t=2,p=1$B83sZtodObrhCyGgknXXIA$wTzMLGqHRsy+iYnlreASHNLEcXsYYRVCncFgYW3dXks',
  mfa: '$argon2id$v=19$m=19456,t=2,p=1$aGAFQPERBLrIq4wNlkJDCA$t+Qdr7aeoF9eiNNJ51dzts5wChZbMlSAhB+zi2LqNFw',
  banned: '$argon2id$v=19$m=19456,t=2,p=1$gI0aaywl4xg6MDrIeEkaPg$ubbsG4ITHfr6KmVKCVGOeZ+G0DsR2uW7XcwOaIlJGMk',
  unverified: '$argon2id$v=19$m=19456,t=2,p=1$sdIWwEzwRgLGwGatyS0NNQ$Qf2QHVIXDC6vtAIY+NXujUFnI1sHuyqJYRwJYQN2+Eg',
}

/** Fills an empty database; leaves one with users alone. */
export function seed(db: Database, clock: Clock): void {
  if (db.one('select 1 from users')) return
  const now = clock.now()
  db.transaction(() => {
    for (const { id, name } of Object.values(ORGANIZATIONS)) db.run('insert into organizations values (?, ?)', id, name)
    for (const [key, hash] of Object.entries(PASSWORD_HASHES)) {
      const user = USERS[key as SeedName]
      const unverified = user === USERS.unverified
      db.run(
        `insert into users (id, email, name, role, password_hash, email_verified, verification_required, banned,
           onboarding_status, created_at, totp_secret) values (?, ?, ?, ?, ?, ?, ?, ?, 'completed', ?, ?)`,
        user.id,
        user.email,
        user.name,
        user.role,
        hash,
        unverified ? 0 : 1,
        unverified ? 1 : 0,
        user === USERS.banned ? 1 : 0,
        now,
        user.totpSecret,
      )
      db.run('insert into memberships values (?, ?)', user.id, ORGANIZATIONS.main.id)
    }
    for (const { id } of [USERS.admin, USERS.user]) {
      db.run('insert into memberships values (?, ?)', id, ORGANIZATIONS.second.id)
    }
    for (const { id, authorId, title, body } of POSTS) {
      db.run('insert into posts values (?, ?, ?, ?, ?)', id, authorId, title, body, now)
    }
    for (const { id, ownerId, text } of NOTES) db.run('insert into notes values (?, ?, ?, ?)', id, ownerId, text, now)
  })
}
