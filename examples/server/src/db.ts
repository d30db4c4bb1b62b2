import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'

export type Flag = 0 | 1

/** SQLite, read and written synchronously: what runs between two awaits is atomic. */
export interface Database {
  /** The caller names the shape of the row that its SQL selects. */
  readonly one: <Row extends object>(sql: string, ...values: SQLInputValue[]) => Row | null
  readonly all: <Row extends object>(sql: string, ...values: SQLInputValue[]) => Row[]
  /** How many rows changed. */
  readonly run: (sql: string, ...values: SQLInputValue[]) => number
  readonly transaction: <T>(work: () => T) => T
  /** Empties every table. */
  readonly clear: () => void
  readonly close: () => void
}

const VERSION = 1

const SCHEMA = `
  create table meta (key text primary key, value text not null) strict;
  create table users (
    id text primary key, email text not null unique, name text not null, role text not null, password_hash text,
    email_verified integer not null default 0, verification_required integer not null default 0,
    banned integer not null default 0, image text, onboarding_status text not null, created_at integer not null,
    totp_secret text, totp_last_step integer not null default 0, mfa_pending text
  ) strict;
  create table backup_codes (user_id text not null, hash text not null, primary key (user_id, hash)) strict;
  create table sessions (
    id text primary key, user_id text not null, organization_id text not null, user_agent text not null,
    ip_address text not null, created_at integer not null, last_activity_at integer not null,
    expires_at integer not null, ended integer not null default 0, access_epoch integer not null default 0
  ) strict;
  create index sessions_by_user on sessions (user_id);
  create table refresh_tokens (hash text primary key, session_id text not null, used integer not null default 0) strict;
  create index refresh_tokens_by_session on refresh_tokens (session_id);
  create table links (
    hash text primary key, kind text not null, email text not null, name text, creates integer not null,
    expires_at integer not null, used integer not null default 0
  ) strict;
  create table identities (
    provider text not null, subject text not null, user_id text not null, primary key (provider, subject)
  ) strict;
  create table social_codes (
    hash text primary key, provider text not null, subject text not null, email text not null, name text not null,
    redirect_uri text, fails integer not null, expires_at integer not null
  ) strict;
  create table organizations (id text primary key, name text not null) strict;
  create table memberships (
    user_id text not null, organization_id text not null, primary key (user_id, organization_id)
  ) strict;
  create table posts (
    id text primary key, author_id text not null, title text not null, body text not null, updated_at integer not null
  ) strict;
  create table notes (
    id text primary key, owner_id text not null, text text not null, created_at integer not null
  ) strict;
  pragma user_version = ${VERSION};
`

const TABLES = [
  'users',
  'backup_codes',
  'sessions',
  'refresh_tokens',
  'links',
  'identities',
  'social_codes',
  'organizations',
  'memberships',
  'posts',
  'notes',
]

export function openDatabase(file: string): Database {
  const sqlite = new DatabaseSync(file)
  const statements = new Map<string, StatementSync>()

  const prepare = (sql: string): StatementSync => {
    const known = statements.get(sql)
    if (known) return known
    const statement = sqlite.prepare(sql)
    statements.set(sql, statement)
    return statement
  }

  function transaction<T>(work: () => T): T {
    sqlite.exec('begin immediate')
    try {
      const result = work()
      sqlite.exec('commit')
      return result
    } catch (error) {
      sqlite.exec('rollback')
      throw error
    }
  }

  const version = sqlite.prepare('pragma user_version').get()?.['user_version']
  if (version === 0) transaction(() => sqlite.exec(SCHEMA))
  else if (version !== VERSION) throw new Error(`${file} was written by another version of this server. Delete it.`)

  return {
    // the boundary to SQL: the schema above is what the row types of the callers are read from
    one: <Row extends object>(sql: string, ...values: SQLInputValue[]) =>
      (prepare(sql).get(...values) as Row | undefined) ?? null,
    all: <Row extends object>(sql: string, ...values: SQLInputValue[]) => prepare(sql).all(...values) as Row[],
    run: (sql, ...values) => Number(prepare(sql).run(...values).changes),
    transaction,
    clear: () => transaction(() => TABLES.forEach((table) => sqlite.exec(`delete from ${table}`))),
    close: () => sqlite.close(),
  }
}
