/** An auth at the top level of a module, in the runtime of Cloudflare's Workers, where a module may do next to nothing. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'

/** The path of the program. The package has no types. */
const { default: workerd } = createRequire(import.meta.url)('workerd') as { readonly default: string }

const CONFIG = `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (
    modules = [
      (name = "worker", esModule = "import { respond } from 'app'; export default { fetch: respond };"),
      (name = "app", esModule = embed "app.js"),
    ],
    compatibilityDate = "2026-11-01",
  ))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'authchart-workerd-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** One module, as a bundler makes it for a Worker. */
async function bundle(entry: string): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['workerd', 'worker', 'production'] },
    build: { write: false, minify: false, target: 'esnext', lib: { entry, formats: ['es'] } },
  })
  const [first] = [result].flat().flatMap((one) => ('output' in one ? one.output : []))
  if (first?.type !== 'chunk') throw new Error('The worker should be one module')
  return first.code
}

/** Serves one request. Rejects with what the runtime said where it did not start. */
async function ask(code: string): Promise<unknown> {
  await writeFile(join(folder, 'app.js'), code)
  await writeFile(join(folder, 'config.capnp'), CONFIG)
  const runtime = spawn(workerd, ['serve', 'config.capnp', '--control-fd=3'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  })
  const exit = once(runtime, 'exit')
  const words = text(runtime.stderr as Readable)
  try {
    // one line: which port it listens on, or nothing at all
    const [line] = (await Promise.race([once(runtime.stdio[3] as Readable, 'data'), exit])) as [unknown]
    if (runtime.exitCode !== null) throw new Error(await words)
    const { port } = JSON.parse(String(line)) as { port: number }
    const response = await fetch(`http://127.0.0.1:${port}/`)
    if (response.ok) return await response.json()
    runtime.kill()
    throw new Error(await words)
  } finally {
    runtime.kill('SIGKILL')
    await exit
  }
}

test.each([
  ['memoryStorage', './worker/memory.ts'],
  ['browserStorage', './worker/browser.ts'],
])(
  'createAuth with %s at the top level of a Worker starts, signs in, sends and signs out [G3, V4]',
  async (_, entry) => {
    const code = await bundle(fileURLToPath(new URL(entry, import.meta.url)))
    expect(await ask(code)).toEqual({
      before: 'restoring',
      user: 'Ann',
      status: 'authenticated',
      persistence: 'memory',
      sent: 'Bearer a1',
      revoked: 'yes',
      after: 'signedOut',
    })
  },
)

test('createAuthHandler at the top level of a Worker signs in, sends on and signs out', async () => {
  const code = await bundle(fileURLToPath(new URL('./worker/handler.ts', import.meta.url)))
  expect(await ask(code)).toEqual({
    isSame: true,
    token: null,
    rendered: 'Ann',
    posts: 'Bearer a1',
    out: {},
    after: { session: null },
  })
})
