import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }

const run = promisify(execFile)
const cwd = new URL('../..', import.meta.url)
const browserGlobals = ['window', 'document', 'navigator', 'location', 'localStorage', 'sessionStorage', 'indexedDB']

// the frameworks look for a browser themselves: they come first
const poison = `
await Promise.all(['vue', 'vue-router', 'xstate', '@xstate/vue'].map((name) => import(name)))
for (const name of ${JSON.stringify([...browserGlobals, 'BroadcastChannel'])})
  Object.defineProperty(globalThis, name, { get() { throw new Error('touched ' + name) }, configurable: true })
`
const inNode = (code: string) => run(process.execPath, ['--input-type=module', '-e', poison + code], { cwd })

const entries = Object.keys(manifest.exports).filter((path) => !path.endsWith('.json'))

test('the poison works', async () => {
  await expect(inNode('typeof document')).rejects.toThrow('touched document')
})

test.each(entries)('importing "%s" on a server touches no browser global', async (path) => {
  const { stdout } = await inNode(
    `console.log(Object.keys(await import('@authchart/vue${path.slice(1)}')).sort().join(' '))`,
  )

  expect(stdout.trim()).toBe(
    {
      '.': 'Can Protected createAuthPlugin useAuth useAuthState useCan useUser',
      './router': 'authGuard',
      './testing': 'withTestAuth',
    }[path],
  )
})
