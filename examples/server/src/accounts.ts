import type { Clock } from './clock.ts'
import type { Database, Flag } from './db.ts'
import { ApiError } from './errors.ts'
import { ORGANIZATIONS } from './seed.ts'

export interface User {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly role: string
  readonly password_hash: string | null
  readonly email_verified: Flag
  readonly verification_required: Flag
  readonly banned: Flag
  readonly image: string | null
  readonly onboarding_status: string
  readonly created_at: number
  readonly totp_secret: string | null
  readonly totp_last_step: number
  readonly mfa_pending: string | null
}

/** What `GET /v1/auth/me` answers. */
export interface UserView {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly role: string
  readonly emailVerified: boolean
  readonly image: string | null
  readonly onboardingStatus: string
  readonly createdAt: string
}

interface NewUser {
  readonly email: string
  readonly name: string | undefined
  readonly passwordHash: string | null
  readonly emailVerified: boolean
}

export interface UserChanges {
  readonly name?: string | undefined
  readonly role?: string | undefined
  readonly banned?: boolean | undefined
  readonly emailVerified?: boolean | undefined
  readonly verificationRequired?: boolean | undefined
}

export interface Accounts {
  readonly byId: (id: string) => User | null
  readonly byEmail: (email: string) => User | null
  readonly create: (user: NewUser) => User
  readonly setPassword: (id: string, passwordHash: string) => void
  readonly change: (id: string, changes: UserChanges) => void
  readonly remove: (id: string) => void
  readonly isMember: (id: string, organizationId: string) => boolean
}

export function viewOf(user: User): UserView {
  return {
    id: user.id,
    email: user.email,
    name: user.name,
    role: user.role,
    emailVerified: user.email_verified === 1,
    image: user.image,
    onboardingStatus: user.onboarding_status,
    createdAt: new Date(user.created_at).toISOString(),
  }
}

export function createAccounts(db: Database, clock: Clock): Accounts {
  const byId = (id: string) => db.one<User>('select * from users where id = ?', id)
  const byEmail = (email: string) => db.one<User>('select * from users where email = ?', email)

  function create({ email, name, passwordHash, emailVerified }: NewUser): User {
    const id = `usr_${crypto.randomUUID()}`
    db.transaction(() => {
      if (byEmail(email)) throw new ApiError('auth/email-already-exists')
      db.run(
        `insert into users (id, email, name, role, password_hash, email_verified, onboarding_status, created_at)
         values (?, ?, ?, 'user', ?, ?, 'ongoing', ?)`,
        id,
        email,
        name ?? email.slice(0, email.indexOf('@')),
        passwordHash,
        flag(emailVerified),
        clock.now(),
      )
      db.run('insert into memberships values (?, ?)', id, ORGANIZATIONS.main.id)
    })
    const user = byId(id)
    if (!user) throw new ApiError('INTERNAL_ERROR')
    return user
  }

  return {
    byId,
    byEmail,
    create,
    setPassword: (id, passwordHash) => void db.run('update users set password_hash = ? where id = ?', passwordHash, id),
    change: (id, changes) =>
      void db.run(
        `update users set name = coalesce(?, name), role = coalesce(?, role), banned = coalesce(?, banned),
           email_verified = coalesce(?, email_verified), verification_required = coalesce(?, verification_required)
         where id = ?`,
        changes.name ?? null,
        changes.role ?? null,
        optionalFlag(changes.banned),
        optionalFlag(changes.emailVerified),
        optionalFlag(changes.verificationRequired),
        id,
      ),
    remove: (id) =>
      db.transaction(() => {
        db.run('delete from users where id = ?', id)
        db.run('delete from backup_codes where user_id = ?', id)
        db.run('delete from identities where user_id = ?', id)
        db.run('delete from memberships where user_id = ?', id)
        db.run('delete from posts where author_id = ?', id)
        db.run('delete from notes where owner_id = ?', id)
      }),
    isMember: (id, organizationId) =>
      db.one('select 1 from memberships where user_id = ? and organization_id = ?', id, organizationId) !== null,
  }
}

function flag(value: boolean): Flag {
  return value ? 1 : 0
}

function optionalFlag(value: boolean | undefined): Flag | null {
  return value === undefined ? null : flag(value)
}
