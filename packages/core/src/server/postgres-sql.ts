import { explain } from '../errors.ts'

/** What the store says to the database. */
export interface Statements {
  /** Key. */
  readonly get: string
  /** Key, value, seconds. */
  readonly set: string
  /** Key, milliseconds to wait. */
  readonly lock: string
  /** Key. */
  readonly unlock: string
  readonly sweep: string
}

const TABLE = 'authchart_sessions'
/** Postgres cuts a name after 63 bytes; the index has a longer one than its table. */
const NAME = /^(?:([a-z_][a-z0-9_]{0,62})\.)?([a-z_][a-z0-9_]{0,49})$/

/**
 * The SQL that makes the table of `postgresSessionStore`, for your migrations. It changes nothing if the table is there. The
 * values in it are sealed or say nothing of a user.
 *
 * @example
 * await pool.query(postgresSessionTable())
 * @throws AuthError `'misconfigured'` for a name that is not in small letters, digits and `_`
 */
export function postgresSessionTable(table: string = TABLE): string {
  const { name, quoted } = readTable(table)
  return `create table if not exists ${quoted} (
  key text primary key,
  value text not null,
  expires_at timestamptz not null
);
create index if not exists "${name}_expires_at" on ${quoted} (expires_at);
`
}

export function statementsFor(table: string = TABLE): Statements {
  const { quoted } = readTable(table)
  // a table of another handler has locks of its own
  const lock = `hashtextextended('${table} ' || $1, 0)`
  return {
    get: `select value from ${quoted} where key = $1 and expires_at > now()`,
    set: `insert into ${quoted} (key, value, expires_at) values ($1, $2, now() + make_interval(secs => $3))
      on conflict (key) do update set value = excluded.value, expires_at = excluded.expires_at`,
    // the time to wait is set for this statement alone, and before the lock is asked for
    lock: `select case when set_config('lock_timeout', $2, true) is not null then pg_advisory_lock(${lock}) end`,
    unlock: `select pg_advisory_unlock(${lock}) as unlocked`,
    // rows that another process is writing or sweeping are left to it
    sweep: `delete from ${quoted} where key in (
      select key from ${quoted} where expires_at <= now() limit 1000 for update skip locked)`,
  }
}

function readTable(table: string): { readonly name: string; readonly quoted: string } {
  const [, schema, name] = NAME.exec(table) ?? []
  if (name === undefined)
    throw explain('misconfigured', 'postgresSessionStore: table: give small letters, digits and _, at most 50.')
  return { name, quoted: schema === undefined ? `"${name}"` : `"${schema}"."${name}"` }
}
