/** The places that a contract is tried in: memory, a real Postgres, and PGlite where there is none. */
import { PGlite } from '@electric-sql/pglite'
import { postgresSessionStore, postgresSessionTable } from '@authchart/core/postgres'
import type { PostgresPool } from '@authchart/core/postgres'
import { memorySessionStore, type SessionStore } from '@authchart/core/server'
import { Pool } from 'pg'
import { startCluster, type Cluster, type PostgresBinaries } from './cluster.ts'

export interface House {
  readonly name: string
  /** The store as one more process has it. */
  readonly open: () => SessionStore
  /** Lets the time pass by which values expire. */
  readonly advance: (seconds: number) => Promise<void>
  readonly close: () => Promise<void>
}

export interface PostgresHouse extends House {
  readonly cluster: Cluster
  readonly openPool: (max?: number) => Pool
}

export function memoryHouse(): House {
  let now = 0
  const store = memorySessionStore(() => now)
  return {
    name: 'memory',
    open: () => store,
    advance: async (seconds) => void (now += seconds),
    close: async () => {},
  }
}

export const TABLE = 'contract_sessions'
const AGE = `update ${TABLE} set expires_at = expires_at - make_interval(secs => $1)`

/** At most two connections for each process. */
export async function postgresHouse(binaries: PostgresBinaries): Promise<PostgresHouse> {
  const cluster = await startCluster(binaries)
  const pools: Pool[] = []
  const openPool = (max = 2): Pool => {
    const pool = new Pool({ ...cluster.connection, max })
    // a connection that breaks while nothing uses it
    pool.on('error', () => {})
    pools.push(pool)
    return pool
  }
  const own = openPool(1)
  await own.query(postgresSessionTable(TABLE))
  return {
    name: cluster.version,
    cluster,
    openPool,
    open: () => postgresSessionStore({ pool: openPool(), table: TABLE }),
    advance: async (seconds) => void (await own.query(AGE, [seconds])),
    async close() {
      await Promise.all(pools.map((pool) => pool.end()))
      await cluster.close()
    },
  }
}

/** One process and one connection: its lock is never contended, so that it shows the SQL and not the exclusion. */
export async function pgliteHouse(): Promise<House> {
  const database = await PGlite.create()
  await database.exec(postgresSessionTable(TABLE))
  const { rows } = await database.query<{ version: string }>('select version()')
  const pool = singlePool(database)
  return {
    name: `PGlite, ${rows[0]?.version.split(' on ')[0]}`,
    open: () => postgresSessionStore({ pool, table: TABLE }),
    advance: async (seconds) => void (await database.query(AGE, [seconds])),
    close: () => database.close(),
  }
}

/** What a pool of one connection offers. */
function singlePool(database: PGlite): PostgresPool {
  const waiting: (() => void)[] = []
  let isTaken = false
  const query = (text: string, values: unknown[]) => database.query(text, values)
  const client = {
    query,
    release(): void {
      const next = waiting.shift()
      isTaken = next !== undefined
      next?.()
    },
    on: () => {},
    removeListener: () => {},
  }
  const connect = async () => {
    if (isTaken) await new Promise<void>((resolve) => waiting.push(resolve))
    isTaken = true
    return client
  }
  return { query, connect }
}
