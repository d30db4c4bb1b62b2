export {
  postgresSessionStore,
  type PostgresClient,
  type PostgresPool,
  type PostgresSessionStoreOptions,
} from '../server/postgres.ts'
export { postgresSessionTable } from '../server/postgres-sql.ts'
