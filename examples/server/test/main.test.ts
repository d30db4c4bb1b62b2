import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer as createNetServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { verifyPassword } from '../src/secrets.ts'
import { createServer, type SeedUser } from '../src/index.ts'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const children: ChildProcess[] = []

function run(...flags: string[]) {
  const child = spawn(process.execPath, [main, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] })
  children.push(child)
  return child
}

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

test('the command prints its address in one line and stops when it is told to', async () => {
  const child = run('--port', '0', '--ttl', '5', '--no-control')
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const url = /^Example auth server: (http:\/\/127\.0\.0\.1:\d+) \(control routes off\)\n$/.exec(line.toString())?.[1]
  expect(url).toBeDefined()
  expect((await fetch(`${url}/__control/stats`)).status).toBe(404)
  expect((await fetch(`${url}/`)).status).toBe(200)
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([0, null])
})

test('the command says so when the port is in use', async () => {
  const other = createNetServer()
  await new Promise<void>((resolve) => {
    other.listen(0, '127.0.0.1', resolve)
  })
  const address = other.address()
  const port = typeof address === 'object' && address !== null ? String(address.port) : ''
  const child = run('--port', port)
  const exit = once(child, 'exit')
  const [line] = (await once(child.stderr, 'data')) as [Buffer]
  expect(line.toString()).toBe(`Port ${port} is in use. Choose another one: --port 8788\n`)
  expect(await exit).toEqual([1, null])
  await new Promise((resolve) => {
    other.close(resolve)
  })
})

test('the command refuses a life of a token that is no number', async () => {
  const child = run('--ttl', 'long')
  const [line] = (await once(child.stderr, 'data')) as [Buffer]
  expect(line.toString()).toBe('accessTtl is a whole number of seconds above zero, not NaN\n')
})

test('every seed user has the password that the page shows', async () => {
  const { users } = createServer()
  const { openDatabase } = await import('../src/db.ts')
  const { seed } = await import('../src/seed.ts')
  const { createClock } = await import('../src/clock.ts')
  const db = openDatabase(':memory:')
  seed(db, createClock(Date.now))
  const check = async ({ id, password }: SeedUser) => {
    const row = db.one<{ password_hash: string }>('select password_hash from users where id = ?', id)
    return verifyPassword(row?.password_hash ?? null, password)
  }
  expect(await Promise.all(Object.values(users).map(check))).toEqual([true, true, true, true, true, true, true])
  db.close()
})
