/** The command that starts the demo: the server and both apps, on ports of the user's choice. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'

const main = fileURLToPath(new URL('../../../tools/demo.ts', import.meta.url))
const settings = new URL('../../../examples/shared/src/settings.ts', import.meta.url)
/** Three ports in a row, below those that a system gives out by itself, and others for each run. */
const PORT = 20_000 + 3 * (process.pid % 3000)
const children: ChildProcess[] = []

function run(...flags: string[]) {
  const child = spawn(process.execPath, [main, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] })
  children.push(child)
  return child
}

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

/** Ends where the command says that it is ready, or ends. */
async function printed(child: ReturnType<typeof run>): Promise<string> {
  let text = ''
  for await (const chunk of child.stdout) {
    text += String(chunk)
    if (text.includes('Ctrl+C')) break
  }
  return text
}

test('the demo takes the port that it is given and the next two, tells both apps of the server, and stops when it is told to [W10]', async () => {
  const child = run('--port', String(PORT))
  const exit = once(child, 'exit')
  const text = await printed(child)
  expect(text).toContain(`React   http://localhost:${PORT + 1}/`)
  expect(text).toContain(`Vue     http://localhost:${PORT + 2}/`)
  expect(text).toContain(`Server  http://127.0.0.1:${PORT}/`)
  expect((await fetch(`http://127.0.0.1:${PORT}/`)).status).toBe(200)
  for (const port of [PORT + 1, PORT + 2]) {
    const served = await fetch(`http://localhost:${port}/@fs${settings.pathname}`)
    expect(await served.text()).toContain(`"VITE_AUTH_SERVER": "http://127.0.0.1:${PORT}"`)
  }
  child.kill('SIGINT')
  expect(await exit).toEqual([0, null])
})

test('the demo says so when a port that it is given is in use, and starts nothing [W10]', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => {
    other.listen(0, '127.0.0.1', resolve)
  })
  const address = other.address()
  const port = typeof address === 'object' && address !== null ? String(address.port) : ''
  const child = run('--port', port)
  const exit = once(child, 'exit')
  const [line] = (await once(child.stderr, 'data')) as [Buffer]
  expect(line.toString()).toBe(`Port ${port} is already in use.\n`)
  expect(await exit).toEqual([1, null])
  await new Promise((resolve) => {
    other.close(resolve)
  })
})

test('the demo says which ports it takes, and refuses what is no port [W10]', async () => {
  expect(await printed(run('--help'))).toContain('--port <number>')
  const child = run('--port', 'high')
  const [line] = (await once(child.stderr, 'data')) as [Buffer]
  expect(line.toString()).toBe('--port is a number from 0 to 65533, not high.\n')
})
