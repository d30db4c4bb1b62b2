// Puts bugs into the core by hand, one at a time, and sees whether the conformance suite notices. Run it on a clean tree:
// it changes files and puts them back.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'

interface Bug {
  readonly name: string
  readonly file: string
  readonly from: string
  readonly to: string
}

const src = 'packages/core/src'
const bugs: Bug[] = [
  {
    name: 'an event is dropped: the end of a session is not heard',
    file: `${src}/machine/authenticated.ts`,
    from: `'session.ended': { target: '#auth.expired', actions: [noteEnded] },`,
    to: '',
  },
  {
    name: 'the storage is not cleared on sign-out',
    file: `${src}/create-world.ts`,
    from: 'const stored = await persistence.end(isMeant, null)',
    to: 'const stored = await persistence.end(() => false, null)',
  },
  {
    name: 'refreshing is shown as authenticated',
    file: `${src}/state.ts`,
    from: `return 'refreshing'\n  const { value }`,
    to: `return 'authenticated'\n  const { value }`,
  },
  {
    name: 'tabs are not wired: hints are not listened to',
    file: `${src}/effects/tabs.ts`,
    from: 'tabs.open(key, look)',
    to: 'tabs.open(key, () => {})',
  },
  {
    name: 'a lost answer counts as a refusal',
    file: `${src}/classify.ts`,
    from: `return deferred.includes(code) ? 'deferred' : 'unknown'`,
    to: `return deferred.includes(code) ? 'deferred' : 'refused'`,
  },
  {
    name: 'the mark is ignored: a token that may be spent is sent again',
    file: `${src}/broker.ts`,
    from: `if (stored.marked && client.replay !== 'tolerated')`,
    to: `if (stored.marked && client.replay === 'tolerated')`,
  },
  {
    name: 'a cancelled sign-in signs in all the same when its answer comes late',
    file: `${src}/machine/authenticating.ts`,
    from: 'cancel: fallBack,',
    to: '',
  },
  {
    name: 'a guard opens for a user that only the storage knows',
    file: `${src}/guards.ts`,
    from: '!session?.confirmed || ',
    to: '!session || ',
  },
  {
    name: 'a failed switch of user signs out the one who was signed in',
    file: `${src}/machine/transitions.ts`,
    from: `  { guard: 'isSessionHeld', target: '#auth.authenticated', actions: [noteError] },\n`,
    to: '',
  },
  {
    name: 'the record is not read again under the lock: two tabs spend one token',
    file: `${src}/broker.ts`,
    from: 'if (observe(stored)) return',
    to: 'if (false) return',
  },
  {
    name: 'credentials travel in the event',
    file: `${src}/auth.ts`,
    from: 'send({ type: method, attempt })',
    to: 'send({ type: method, attempt, input } as never)',
  },
  {
    name: 'destroy leaves promises hanging',
    file: `${src}/auth.ts`,
    from: 'for (const waiter of waiters) waiter(actor.getSnapshot())\n      listeners.clear()',
    to: 'listeners.clear()',
  },
  {
    name: 'the requests of somebody who signed out still carry his token',
    file: `${src}/create-world.ts`,
    from: 'const held = vault.take()\n',
    to: 'const held = vault.held\n',
  },
]

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

const report = 'node_modules/.cache/seeded-bugs.json'
let missed = 0
for (const { name, file, from, to } of bugs) {
  const code = readFileSync(file, 'utf8')
  if (code.split(from).length !== 2) throw new Error(`${file} should have this once: ${from}`)
  writeFileSync(file, code.replace(from, to))
  try {
    const args = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'conformance', '--reporter=json']
    spawnSync(process.execPath, [...args, `--outputFile=${report}`], { stdio: 'ignore' })
    const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report
    const failed = testResults.flatMap((result) => result.assertionResults.filter(({ status }) => status === 'failed'))
    if (failed.length === 0) missed += 1
    console.log(
      `${failed.length > 0 ? 'caught' : 'MISSED'}  ${name}\n        ${failed.length} failed, first: ${failed[0]?.fullName ?? '-'}`,
    )
  } finally {
    writeFileSync(file, code)
  }
}
console.log(`${bugs.length - missed} of ${bugs.length} seeded bugs caught`)
if (missed > 0) process.exitCode = 1
