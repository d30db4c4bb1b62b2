import { parseArgs } from 'node:util'
import { createServer } from './index.ts'

const HELP = `npm run server -- [options]

  --port <number>     default 8787               (or PORT)
  --file <path>       keep the data in a file    (or DB_FILE)
  --ttl <seconds>     life of an access token    (or ACCESS_TTL)
  --no-control        without the control routes (or CONTROL=0)
`

const { env } = process
const { values } = parseArgs({
  allowNegative: true,
  options: {
    port: { type: 'string', default: env['PORT'] ?? '8787' },
    file: { type: 'string', default: env['DB_FILE'] ?? ':memory:' },
    ttl: { type: 'string', default: env['ACCESS_TTL'] ?? '3600' },
    control: { type: 'boolean', default: env['CONTROL'] !== '0' },
    help: { type: 'boolean', short: 'h', default: false },
  },
})

if (values.help) console.log(HELP)
else await start().catch(fail)

async function start(): Promise<void> {
  const server = createServer({ file: values.file, accessTtl: Number(values.ttl), control: values.control })
  const listening = await server.listen(portOf(values.port))
  console.log(`Example auth server: ${listening.url} (control routes ${values.control ? 'on' : 'off'})`)
  const stop = () => void listening.close().then(server.close)
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}

function portOf(text: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new RangeError(`--port is a number from 0 to 65535, not ${text}`)
}

function fail(error: unknown): void {
  const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
  const reason = isTaken ? `Port ${values.port} is in use. Choose another one: --port 8788` : messageOf(error)
  console.error(reason)
  process.exitCode = 1
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
