import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { environment, root, run } from './run.ts'

export type AppName = 'next' | 'nuxt'

interface Recipe {
  /** The commands that fail if anything is wrong with the app, its types included. */
  readonly build: readonly string[]
  /** The variable that holds the address of the auth server when the app is built, for what is in the page. */
  readonly authServer: string
  /** The arguments for Node, and the variables, that start what was built. */
  readonly start: (port: string) => { readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> }
  /** What it prints when it answers. */
  readonly ready: RegExp
}

const recipes: Readonly<Record<AppName, Recipe>> = {
  next: {
    build: ['pnpm build'],
    authServer: 'NEXT_PUBLIC_AUTH_SERVER',
    start: (port) => ({ args: ['node_modules/next/dist/bin/next', 'start', '-H', 'localhost', '-p', port], env: {} }),
    ready: /Ready in/,
  },
  nuxt: {
    build: ['pnpm build', 'pnpm typecheck'],
    authServer: 'VITE_AUTH_SERVER',
    start: (port) => ({ args: ['.output/server/index.mjs'], env: { HOST: 'localhost', PORT: port } }),
    ready: /Listening on/,
  },
}

export interface RunningApp {
  readonly url: string
  readonly close: () => Promise<void>
}

export const folderOf = (name: AppName): string => join(root, 'examples', name)

/** Installs the app as its lockfile says, and builds it. */
export async function buildApp(name: AppName, authServer: string): Promise<void> {
  const recipe = recipes[name]
  await run('pnpm install --frozen-lockfile', folderOf(name))
  for (const command of recipe.build) await run(command, folderOf(name), { [recipe.authServer]: authServer })
}

/** Runs the tests that a developer of the app has. Resolves with what they print, rejects with it if one fails. */
export const testApp = (name: AppName): Promise<string> => run('pnpm test', folderOf(name))

export async function startApp(name: AppName, authServer: string): Promise<RunningApp> {
  const own = { AUTH_SERVER: authServer, AUTH_SECRET: 'a secret of at least thirty-two characters' }
  const { start, ready } = recipes[name]
  return serveApp(folderOf(name), ready, (port) => {
    const { args, env } = start(port)
    return { args, env: { ...env, ...own } }
  })
}

/** Starts what was built, at a free port, and waits until it is ready. */
export async function serveApp(folder: string, ready: RegExp, start: Recipe['start']): Promise<RunningApp> {
  const port = await freePort()
  const { args, env } = start(String(port))
  const app = spawn(process.execPath, args, {
    cwd: folder,
    env: environment(env),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(app, 'exit')
  for await (const line of createInterface({ input: app.stdout })) if (ready.test(line)) break
  app.stdout.resume()
  if (app.exitCode !== null) throw new Error(`${folder} ended with ${app.exitCode} before it was ready`)
  return {
    url: `http://localhost:${port}`,
    async close() {
      app.kill()
      await ended
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, 'localhost')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('There is no free port')
  return address.port
}
