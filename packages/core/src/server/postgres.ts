import { AuthError, explain } from '../errors.ts'
import { readTime } from '../options.ts'
import { statementsFor, type Statements } from './postgres-sql.ts'
import type { SessionStore, StoreEntries } from './store.ts'
import { createTurns } from './turns.ts'

interface Queries {
  readonly query: (text: string, values: unknown[]) => Promise<{ readonly rows: readonly unknown[] }>
}

/** What of a connection of `pg` the store uses. */
export interface PostgresClient extends Queries {
  /** Back to the pool; with true the connection is closed. */
  readonly release: (destroy?: boolean) => void
  readonly on: (event: 'error', listener: () => void) => unknown
  readonly removeListener: (event: 'error', listener: () => void) => unknown
}

/** What of a `Pool` of `pg` the store uses. */
export interface PostgresPool extends Queries {
  readonly connect: () => Promise<PostgresClient>
}

export interface PostgresSessionStoreOptions {
  /** A `Pool` of `pg`. One renewal uses one connection for as long as the upstream takes. */
  readonly pool: PostgresPool
  /** The table of {@link postgresSessionTable}, with or without its schema. Default `'authchart_sessions'`. */
  readonly table?: string
  /** Milliseconds to wait for a session that another process is renewing. Default 30,000. */
  readonly lockTimeout?: number
}

/** The first renewal of a process sweeps, and each so many after it. */
const SWEEP_EVERY = 100
/** The most that Postgres takes, in milliseconds. */
const LONGEST_WAIT = 2 ** 31 - 1

/**
 * Keeps the renewals of a handler in Postgres, for several processes and machines. Needs Postgres 11 or later, a table from
 * {@link postgresSessionTable}, and connections that are sessions of the database: no pooler that hands them out by
 * transaction. Values expire by the database's clock.
 *
 * A renewal holds an advisory lock on the connection that it writes with: a process that has lost the lock cannot write any
 * more.
 *
 * @example
 * const pool = new Pool({ connectionString: process.env.DATABASE_URL })
 * pool.on('error', console.error) // without a listener, an idle connection that breaks ends the process
 * const handler = createAuthHandler({ upstream, secrets, store: postgresSessionStore({ pool }) })
 * @throws AuthError `'misconfigured'` for an option that cannot be read. Its methods reject with `'timeout'` if another
 * process kept the lock for too long, `'misconfigured'` if the table is missing, and `'unavailable'` for all else that the
 * database or the network says; `serverCode` is the SQLSTATE
 */
export function postgresSessionStore(options: PostgresSessionStoreOptions): SessionStore {
  const { pool, table } = options
  if (typeof Object(pool).connect !== 'function')
    throw explain('misconfigured', 'postgresSessionStore: pool: give a Pool of pg.')
  const sql = statementsFor(table)
  const lockTimeout = Math.min(readTime('lockTimeout', options.lockTimeout, 30_000), LONGEST_WAIT)
  const inTurn = createTurns()
  let runs = 0
  return {
    ...entriesOf(pool, sql),
    async exclusive(key, work) {
      const until = performance.now() + lockTimeout
      // those of one process wait here: each would keep a connection while it waits for the lock
      return inTurn(key, async () => {
        runs += 1
        const wait = Math.max(1, Math.ceil(until - performance.now()))
        return whileLocked({ pool, sql, key, wait, isSweeping: runs % SWEEP_EVERY === 1 }, work)
      })
    },
  }
}

/** Each statement is a transaction of its own, and is committed when it resolves. */
function entriesOf(queries: Queries, sql: Statements): StoreEntries {
  return {
    async get(key) {
      const [row] = await run(queries, sql.get, [key])
      return row === undefined ? null : (row as { readonly value: string }).value
    },
    async set(key, value, seconds) {
      await run(queries, sql.set, [key, value, seconds])
    },
  }
}

interface Locking {
  readonly pool: PostgresPool
  readonly sql: Statements
  readonly key: string
  /** Milliseconds. */
  readonly wait: number
  readonly isSweeping: boolean
}

/** Runs `work` on the one connection that holds the lock: a second one could never come if all renewals waited for one. */
async function whileLocked<T>(
  { pool, sql, key, wait, isSweeping }: Locking,
  work: (entries: StoreEntries) => Promise<T>,
): Promise<T> {
  const client = await connect(pool)
  // a connection that breaks between two statements says so here; the next statement rejects
  const ignore = (): void => {}
  client.on('error', ignore)
  let isFree = false
  try {
    await run(client, sql.lock, [key, String(wait)])
    try {
      return await work(entriesOf(client, sql))
    } finally {
      isFree = await unlock(client, sql, key)
      if (isFree && isSweeping) isFree = await sweep(client, sql)
    }
  } finally {
    // a lock of a connection that is closed is free
    client.release(!isFree)
    client.removeListener('error', ignore)
  }
}

async function unlock(client: PostgresClient, sql: Statements, key: string): Promise<boolean> {
  try {
    const [row] = await run(client, sql.unlock, [key])
    return (row as { readonly unlocked: unknown } | undefined)?.unlocked === true
  } catch {
    return false
  }
}

async function sweep(client: PostgresClient, sql: Statements): Promise<boolean> {
  try {
    await run(client, sql.sweep, [])
    return true
  } catch {
    return false
  }
}

async function connect(pool: PostgresPool): Promise<PostgresClient> {
  try {
    return await pool.connect()
  } catch (thrown) {
    throw errorFrom(thrown)
  }
}

async function run(queries: Queries, text: string, values: unknown[]): Promise<readonly unknown[]> {
  try {
    const { rows } = await queries.query(text, values)
    return rows
  } catch (thrown) {
    throw errorFrom(thrown)
  }
}

const TABLE_MISSING = 'postgresSessionStore: the table is missing: run the SQL of postgresSessionTable() once.'

/** By SQLSTATE (Postgres, appendix A). Of the message nothing is kept: it may quote a value. */
function errorFrom(thrown: unknown): AuthError {
  const { code } = Object(thrown) as { readonly code?: string }
  if (code === '42P01') return explain('misconfigured', TABLE_MISSING)
  const isLate = code === '55P03' || code === '57014'
  return new AuthError(isLate ? 'timeout' : 'unavailable', {
    cause: thrown,
    ...(code !== undefined && { serverCode: code }),
  })
}
