/** A Postgres of one's own: a cluster in a temporary folder, on a socket that no other user can open. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { chownSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export interface PostgresBinaries {
  readonly folder: string
  /** Such as `postgres (PostgreSQL) 15.14`. */
  readonly version: string
}

export interface Cluster {
  readonly version: string
  /** For `new Pool(…)`. */
  readonly connection: { readonly host: string; readonly user: string; readonly database: string }
  /** Stops as a crash does, without a checkpoint, and starts again. */
  readonly crash: () => Promise<void>
  readonly close: () => Promise<void>
}

const DEBIAN = '/usr/lib/postgresql'

/** The newest that Debian's package installed. Null if there is none. */
export function findPostgres(): PostgresBinaries | null {
  const versions = foldersIn(DEBIAN).sort((one, other) => Number(other) - Number(one))
  for (const version of versions) {
    const folder = join(DEBIAN, version, 'bin')
    const asked = spawnSync(join(folder, 'postgres'), ['--version'], { encoding: 'utf8' })
    if (asked.status === 0 && foldersIn(folder).includes('initdb')) return { folder, version: asked.stdout.trim() }
  }
  return null
}

function foldersIn(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

/** Postgres refuses to run as root: then it runs as the user that Debian's package made. */
function owner(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const idOf = (flag: string): number => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout)
  return { uid: idOf('-u'), gid: idOf('-g') }
}

/** With the settings of a new cluster: what is committed is on the disk. */
export async function startCluster({ folder, version }: PostgresBinaries): Promise<Cluster> {
  const home = mkdtempSync(join(tmpdir(), 'authchart-pg-'))
  const data = join(home, 'data')
  const { uid, gid } = owner()
  const as = { ...(uid !== undefined && { uid }), ...(gid !== undefined && { gid }), cwd: home, env: { LC_ALL: 'C' } }
  if (uid !== undefined && gid !== undefined) chownSync(home, uid, gid)
  const made = spawnSync(
    join(folder, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'],
    {
      ...as,
      encoding: 'utf8',
    },
  )
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr || made.error?.message}`)

  let server: ChildProcess
  const stop = (signal: NodeJS.Signals): Promise<void> =>
    new Promise((resolve) => {
      server.once('exit', () => resolve())
      server.kill(signal)
    })
  const start = async (): Promise<void> => {
    const args = ['-D', data, '-k', home, '-c', 'listen_addresses=']
    server = spawn(join(folder, 'postgres'), args, { ...as, stdio: ['ignore', 'ignore', 'pipe'] })
    await isReady(server)
  }
  await start()
  // whatever ends this process, the server ends with it
  const stopNow = (): void => void server.kill('SIGQUIT')
  process.once('exit', stopNow)

  return {
    version,
    connection: { host: home, user: 'postgres', database: 'postgres' },
    async crash() {
      await stop('SIGQUIT')
      await start()
    },
    async close() {
      process.removeListener('exit', stopNow)
      await stop('SIGINT')
      rmSync(home, { recursive: true, force: true })
    },
  }
}

function isReady(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const said: string[] = []
    server.once('error', reject)
    server.once('exit', (code) => reject(new Error(`postgres ended with ${code}: ${said.join('\n')}`)))
    createInterface(server.stderr!).on('line', (line) => {
      said.push(line)
      if (line.includes('database system is ready to accept connections')) resolve()
    })
  })
}
