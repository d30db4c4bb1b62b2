/** The stores of `createAuthHandler`: memory, and a real Postgres, or PGlite where Debian's package is not installed. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { postgresSessionStore, postgresSessionTable } from '@authchart/core/postgres'
import { expect, inject, test } from 'vitest'
import { findPostgres } from '../postgres/cluster.ts'
import { contractOf } from '../postgres/contract.ts'
import { memoryHouse, pgliteHouse, postgresHouse, TABLE, type PostgresHouse } from '../postgres/houses.ts'

contractOf({ kind: 'memory', isShared: true, build: memoryHouse })

const binaries = findPostgres()
if (binaries)
  contractOf({ kind: 'a real Postgres', isShared: true, build: () => postgresHouse(binaries), more: onPostgres })
else console.log('NOT RUN: the store in a real Postgres, for /usr/lib/postgresql has none')
if (!binaries || inject('suite') === 'whole') contractOf({ kind: 'PGlite', isShared: false, build: pgliteHouse })

/** Work that has begun, and goes on when it is told. */
function gate() {
  let begin = (): void => {}
  let end = (): void => {}
  const hasBegun = new Promise<void>((resolve) => (begin = resolve))
  const isOver = new Promise<void>((resolve) => (end = resolve))
  return { begin: () => begin(), end: () => end(), hasBegun, isOver }
}

function onPostgres(house: () => PostgresHouse): void {
  test('A wait for the lock of another process ends in time, and leaves the connection as it was', async () => {
    const { begin, end, hasBegun, isOver } = gate()
    const holding = house()
      .open()
      .exclusive('held', () => (begin(), isOver))
    await hasBegun
    const pool = house().openPool(1)
    const impatient = postgresSessionStore({ pool, table: TABLE, lockTimeout: 50 })
    const late = impatient.exclusive('held', async () => 'never')
    await expect(late).rejects.toMatchObject({ code: 'timeout', serverCode: '55P03' })
    end()
    await holding
    expect(await impatient.exclusive('held', async () => 'free')).toBe('free')
    expect((await pool.query('show lock_timeout')).rows).toEqual([{ lock_timeout: '0' }])
    expect(
      (await pool.query('select count(*)::int as locks from pg_locks where locktype = $1', ['advisory'])).rows,
    ).toEqual([{ locks: 0 }])
  })

  test('A process that is killed frees its lock, and what it had written stays', async () => {
    const holder = spawn(process.execPath, [
      fileURLToPath(new URL('../postgres/holder.ts', import.meta.url)),
      house().cluster.connection.host,
      'mortal',
    ])
    await once(holder.stdout, 'data')
    const store = house().open()
    const next = store.exclusive('mortal', (entries) => entries.get('mortal'))
    holder.kill('SIGKILL')
    expect(await next).toBe('written by a process that died')
  })

  test('Work whose connection breaks cannot write any more, and its lock is free', async () => {
    const { begin, end, hasBegun, isOver } = gate()
    const pool = house().openPool(1)
    const store = postgresSessionStore({ pool, table: TABLE })
    const broken = store.exclusive('broken', async (entries) => {
      await entries.set('broken', 'first', 60)
      begin()
      await isOver
      await entries.set('broken', 'too late', 60)
    })
    await hasBegun
    const other = house().openPool(1)
    await other.query(
      `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted and pid <> pg_backend_pid()`,
    )
    const rival = postgresSessionStore({ pool: other, table: TABLE })
    await rival.exclusive('broken', (entries) => entries.set('broken', 'by the next', 60))
    end()
    await expect(broken).rejects.toMatchObject({ code: 'unavailable' })
    expect(await store.exclusive('broken', (entries) => entries.get('broken'))).toBe('by the next')
  })

  test('What was written is there after a crash of the database', async () => {
    const store = house().open()
    await store.exclusive('durable', (entries) => entries.set('durable', 'still here', 60))
    await house().cluster.crash()
    // the connections of before are broken, and are not used again
    expect(await house().open().get('durable')).toBe('still here')
  })

  test('A database that does not answer is unavailable', async () => {
    const pool = house().openPool(1)
    Object.assign(pool.options, { host: '/nowhere' })
    const store = postgresSessionStore({ pool })
    const error = { code: 'unavailable', serverCode: 'ENOENT' }
    await expect(store.get('key')).rejects.toMatchObject(error)
    await expect(store.exclusive('key', async () => {})).rejects.toMatchObject(error)
  })

  test('A table that is missing is said, with the cure', async () => {
    const store = postgresSessionStore({ pool: house().openPool(1), table: 'public.missing' })
    await expect(store.get('key')).rejects.toMatchObject({
      code: 'misconfigured',
      message: expect.stringContaining('postgresSessionTable()') as string,
    })
  })

  test('The SQL of a table may run twice, and the table may be in a schema of its own', async () => {
    const pool = house().openPool(1)
    await pool.query('create schema app')
    await pool.query(postgresSessionTable('app.order'))
    await pool.query(postgresSessionTable('app.order'))
    const store = postgresSessionStore({ pool, table: 'app.order' })
    await store.exclusive('key', (entries) => entries.set('key', 'value', 60))
    expect(await store.get('key')).toBe('value')
    const { rows } = await pool.query(`select indexname from pg_indexes where schemaname = 'app' order by 1`)
    expect(rows).toEqual([{ indexname: 'order_expires_at' }, { indexname: 'order_pkey' }])
  })

  test('Values whose time is over are taken away by the first renewal of a process and by each hundredth', async () => {
    const pool = house().openPool(1)
    await pool.query(postgresSessionTable('swept'))
    const store = postgresSessionStore({ pool, table: 'swept' })
    const count = async () => (await pool.query('select count(*)::int as rows from swept')).rows
    const renew = () => store.exclusive('key', async () => {})
    await store.set('over', 'value', 0)
    await store.set('good', 'value', 60)
    await renew()
    expect(await count()).toEqual([{ rows: 1 }])
    await store.set('over', 'value', 0)
    for (let runs = 2; runs <= 100; runs += 1) await renew()
    expect(await count()).toEqual([{ rows: 2 }])
    await renew()
    expect(await count()).toEqual([{ rows: 1 }])
  })
}

test.each(['', 'Sessions', 'a-b', 'a; drop table b', 'a.b.c', '"a"', '1a', 'a'.repeat(51)])(
  'A table named %j is refused before any SQL is made of it',
  (table) => {
    const pool = { query: () => Promise.reject(new Error('asked')), connect: () => Promise.reject(new Error('asked')) }
    const refusal = expect.objectContaining({ code: 'misconfigured' }) as Error
    expect(() => postgresSessionTable(table)).toThrow(refusal)
    expect(() => postgresSessionStore({ pool, table })).toThrow(refusal)
  },
)

test('A pool that is none is refused, and so is a time to wait', () => {
  const refusal = expect.objectContaining({ code: 'misconfigured' }) as Error
  expect(() => postgresSessionStore({ pool: {} as never })).toThrow(refusal)
  const pool = { query: () => Promise.reject(new Error('asked')), connect: () => Promise.reject(new Error('asked')) }
  expect(() => postgresSessionStore({ pool, lockTimeout: 0 })).toThrow(refusal)
})

test('docs/cookie-stores.md shows the SQL of the table', () => {
  const guide = readFileSync(new URL('../../../docs/cookie-stores.md', import.meta.url), 'utf8')
  expect(guide).toContain(`\`\`\`sql\n${postgresSessionTable()}\`\`\``)
})
