// The demo: the example auth server, and both example apps against it. Ctrl+C ends all of it.
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createServer as createAuthServer, type ExampleServer, type Listening } from '@authchart/example-server'
import { createServer as createViteServer, type ViteDevServer } from 'vite'

const HELP = `npm run demo -- [options]

  --port <number>     the server takes this port, React and Vue the next two; 0: any that are free
                      default 8787, 5173 and 5174, or others where these are in use
`

/** Short, so that a renewal is never far. */
const ACCESS_TTL_SECONDS = 60
const USUAL_PORTS = [8787, 5173, 5174] as const

await main().catch(fail)

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { port: { type: 'string' }, help: { type: 'boolean', short: 'h' } } })
  if (values.help) return console.log(HELP)
  const isChosen = values.port !== undefined
  const [serverPort, reactPort, vuePort] = isChosen ? portsFrom(values.port) : USUAL_PORTS

  const server = createAuthServer({ control: true, accessTtl: ACCESS_TTL_SECONDS })
  const listening = await listen(server, serverPort, isChosen)
  process.env['VITE_AUTH_SERVER'] = listening.url
  const apps = await Promise.all([startApp('react', reactPort, isChosen), startApp('vue', vuePort, isChosen)])
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

  const stop = async (): Promise<void> => {
    await Promise.all([...apps.map((app) => app.close()), listening.close()])
    server.close()
  }
  process.once('SIGINT', () => void stop())
  process.once('SIGTERM', () => void stop())
}

/** That port and the next two. */
function portsFrom(text: string | undefined): readonly [number, number, number] {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_533) {
    throw new RangeError(`--port is a number from 0 to 65533, not ${text}.`)
  }
  return port === 0 ? [0, 0, 0] : [port, port + 1, port + 2]
}

async function startApp(name: string, port: number, isChosen: boolean): Promise<ViteDevServer> {
  const root = fileURLToPath(new URL(`../examples/${name}`, import.meta.url))
  const app = await createViteServer({
    root,
    configFile: `${root}/vite.config.ts`,
    configLoader: 'native',
    logLevel: 'warn',
    clearScreen: false,
    // the next free port where the usual one is taken
    server: { host: 'localhost', port, strictPort: isChosen },
  })
  return app.listen()
}

/** On any free port where the usual one is taken. */
async function listen({ listen }: ExampleServer, port: number, isChosen: boolean): Promise<Listening> {
  try {
    return await listen(port)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error
    if (isChosen) throw new Error(`Port ${port} is already in use.`, { cause: error })
    return listen(0)
  }
}

/** Ends what was started by then, too. */
function fail(error: unknown): void {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}
