/** A process that takes a lock, writes under it, says so and never lets go. */
import { postgresSessionStore } from '@authchart/core/postgres'
import { Pool } from 'pg'
import { TABLE } from './houses.ts'

const [host = '', key = ''] = process.argv.slice(2)
const store = postgresSessionStore({ pool: new Pool({ host, user: 'postgres', database: 'postgres' }), table: TABLE })
await store.exclusive(key, async (entries) => {
  await entries.set(key, 'written by a process that died', 60)
  console.log('holds')
  return new Promise(() => {})
})
