// The demo: the example auth server, and both example apps against it. Ctrl+C ends all of it.
import { fileURLToPath } from 'node:url'
import { createServer as createAuthServer, type ExampleServer, type Listening } from '@authchart/example-server'
import { createServer as createViteServer, type ViteDevServer } from 'vite'

/** Short, so that nobody waits long for a renewal. */
const ACCESS_TTL_SECONDS = 60

const server = createAuthServer({ control: true, accessTtl: ACCESS_TTL_SECONDS })
const listening = await listen(server, 8787)
process.env['VITE_AUTH_SERVER'] = listening.url
const apps = await Promise.all([startApp('react', 5173), startApp('vue', 5174)])
const users = Object.values(server.users).map(
  ({ email, password, about }) => `    ${email.padEnd(22)} ${password.padEnd(20)} ${about}`,
)
const [react, vue] = apps.map((app) => app.resolvedUrls?.local[0] ?? '')

console.log(`
  React   ${react}
  Vue     ${vue}

  Server  ${listening.url}/

  Sign in as
${users.join('\n')}

  Access tokens live ${ACCESS_TTL_SECONDS} s here. Ctrl+C to stop.
`)

process.once('SIGINT', () => void stop())
process.once('SIGTERM', () => void stop())

async function startApp(name: string, port: number): Promise<ViteDevServer> {
  const root = fileURLToPath(new URL(`../examples/${name}`, import.meta.url))
  const app = await createViteServer({
    root,
    configFile: `${root}/vite.config.ts`,
    configLoader: 'native',
    logLevel: 'warn',
    clearScreen: false,
    // the next free port where this one is taken
    server: { host: 'localhost', port },
  })
  return app.listen()
}

/** On any free port where the usual one is taken. */
async function listen({ listen }: ExampleServer, port: number): Promise<Listening> {
  try {
    return await listen(port)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return listen(0)
    throw error
  }
}

async function stop(): Promise<void> {
  await Promise.all([...apps.map((app) => app.close()), listening.close()])
  server.close()
}
