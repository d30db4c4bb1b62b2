import { createHash } from 'node:crypto'
import { AuthError, createAuth, hasRecentSignIn } from '@authchart/core'
import { createWorld } from '@authchart/core/testing/world'
import { readHandlerOptions } from '../../../src/server/options.ts'
import { readOptions } from '../../../src/options.ts'
import { renewAgeOf, type SessionRules } from '../../../src/session/session.ts'
import { readFile } from '../documents.ts'
import { ann, MINUTE } from '../happens/story.ts'
import { constantIn, numbersIn, type Held } from './claim.ts'

const core = (path: string, ...names: readonly string[]) =>
  names.map((name) => constantIn(`packages/core/src/${path}.ts`, name))
const upstream = { signIn: () => Promise.reject(new Error('not asked')) }
const handler = readHandlerOptions({ upstream, secrets: ['x'.repeat(32)] })
const settings = readOptions({ client: upstream })

/** Percent of an access token's life after which it is renewed, at the earliest and at the latest. */
const renewedAt = (): readonly number[] =>
  [0, 1].map((chance) => renewAgeOf(100, 1, { random: () => chance } as SessionRules))

export const held: readonly Held[] = [
  {
    page: 'refresh',
    says: /Waits for the lock, (two minutes) at most/,
    are: () => core('custody/broker', 'LONGEST_LOCK_WAIT'),
  },
  { page: 'refresh', says: /After (five seconds) of silence/, are: () => core('connection', 'LONG_SILENCE') },
  { page: 'offline', says: /a sleep or (five seconds) of silence/, are: () => core('connection', 'LONG_SILENCE') },
  { page: 'refresh', says: /`'tolerated'` means (30 seconds)/, are: () => core('custody/tolerance', 'SHORT') },
  {
    page: 'options',
    says: /`'tolerated'`: for (30)\./,
    are: () => core('custody/tolerance', 'SHORT').map((time) => time / 1000),
  },
  { page: 'refresh', says: /again for up to (ten seconds)/, are: () => core('effects/restore', 'LONGEST_SILENCE') },
  {
    page: 'refresh',
    says: /then after (1) to (60) seconds/,
    are: () => core('storage/retry', 'FIRST_DELAY', 'LONGEST_DELAY').map((time) => time / 1000),
  },
  { page: 'refresh', says: /a lease in IndexedDB, (45 s),/, are: () => core('ports/lease', 'TERM') },
  {
    page: 'worker',
    says: /does not answer\s+within (five seconds)/,
    are: () => core('worker/connection', 'LONGEST_START'),
  },
  {
    page: 'errors',
    says: /within (five minutes), or sooner/,
    are: () => core('effects/authenticate', 'LONGEST_CHALLENGE'),
  },
  {
    page: 'errors',
    says: /again within (60 seconds)/,
    are: () => numbersIn('docs/errors.md', /toleratedFor: (\d+)/).map((seconds) => seconds * 1000),
  },
  { page: 'options', says: /`exp` of a JWT, else (one hour)/, are: () => core('session/grant', 'DEFAULT_LIFETIME') },
  { page: 'options', says: /after (50) to (60) % of the token's life/, are: renewedAt },
  { page: 'refresh', says: /after (50) to (60) % of the access token's life/, are: renewedAt },
  {
    page: 'options',
    says: /is renewed, (40) % of its life at most/,
    are: () => [100 - renewAgeOf(100, 1, { random: () => 0, refreshBefore: 99 } as unknown as SessionRules)],
  },
  {
    page: 'options',
    says: /\| (30000) +\| Limit for one request[^\0]*\| (5000) +\| How long a sign-out[^\0]*\| (2000) +\| Limit for one operation/,
    are: () => [settings.requestTimeout, settings.signOutTimeout, settings.storageTimeout],
  },
  { page: 'offline', says: /`requestTimeout` \((30 seconds)\)/, are: () => [settings.requestTimeout] },
  {
    page: 'refresh',
    says: /the session (five) to (six) minutes after its access token/,
    are: () => minutesUntilStalled(),
  },
  // told whole in what-happens.md
  {
    page: 'refresh',
    says: /(two) to (three) minutes after it\./,
    are: () => [
      core('custody/broker', 'LONGEST_OUTAGE')[0]! / MINUTE,
      (core('custody/broker', 'LONGEST_OUTAGE')[0]! + core('custody/pace', 'LONGEST_BACKOFF')[0]!) / MINUTE,
    ],
  },
  { page: 'cookie', says: /at least (32) random characters/, are: () => core('server/options', 'SHORTEST_SECRET') },
  { page: 'cookie', says: /`replayWindow` seconds \((30)\)/, are: () => [handler.replayWindow / 1000] },
  { page: 'cookie', says: /`replayWindow` +\| (30) /, are: () => [handler.replayWindow / 1000] },
  { page: 'security', says: /has come and (30 seconds) have passed/, are: () => [handler.replayWindow] },
  { page: 'cookie', says: /`maxAge` \((30 days):/, are: () => [handler.maxAge * 1000] },
  { page: 'cookie', says: /`requestTimeout` +\| (30000) /, are: () => [handler.requestTimeout] },
  { page: 'cookie', says: /takes up to (three)\./, are: () => core('server/cookies', 'MOST_PARTS') },
  {
    page: 'cookie',
    says: /in Node from version (20) on/,
    are: () => numbersIn('packages/core/package.json', /"node": ">=(\d+)/),
  },
  {
    page: 'cookie-stores',
    says: /`lockTimeout` +\| (30000) /,
    are: () =>
      numbersIn('packages/core/src/server/postgres.ts', /readTime\('lockTimeout', options\.lockTimeout, ([\d_]+)\)/),
  },
  {
    page: 'cookie-stores',
    says: /in Redis for those (180) seconds/,
    are: () => [constantIn('docs/cookie-stores.md', 'LOCK_SECONDS')],
  },
  { page: 'roles', says: /is open for (five minutes) after the user gave credentials/, are: timeOfStepUp },
  ...(['react', 'vue'] as const).map((page): Held => ({
    page,
    says: /(1,000) components that read the user render (0) times\s+during (100) renewals/,
    are: () => rendersOf(page),
  })),
  {
    page: 'react',
    says: /React (18) and\s+(19) both work, except that the sign-in form uses `useActionState` of React (19)/,
    are() {
      const [newest = NaN] = numbersIn('pnpm-workspace.yaml', /^ +react: (\d+)/m)
      return [...numbersIn('packages/react/package.json', /"react": ">=(\d+)"/), newest, newest]
    },
  },
  {
    page: 'refresh',
    says: /told apart by\s+(160) bits/,
    are() {
      const [, name = ''] = /hash\('(\w+)'/.exec(readFile('packages/conformance/prove/explore.ts')) ?? []
      return [createHash(name).digest().length * 8]
    },
  },
  {
    page: 'react',
    says: /React Router (7\.16) and later/,
    are: () => numbersIn('packages/react/package.json', /"react-router": ">=([\d.]+)"/),
  },
  {
    page: 'react',
    says: /With React (18), give the form/,
    are: () => numbersIn('packages/react/package.json', /"react": ">=(\d+)"/),
  },
  {
    page: 'nuxt',
    says: /Nuxt (4)\b/,
    are: () => numbersIn('examples/nuxt/package.json', /"nuxt": "(\d+)\./),
  },
  {
    page: 'backends',
    says: /after (five seconds) of silence, a sleep or a failure/,
    are: () => core('connection', 'LONG_SILENCE'),
  },
  {
    page: 'cookie-stores',
    says: /so does\s+each (100)th\s+after it/,
    are: () => core('server/postgres', 'SWEEP_EVERY'),
  },
  {
    page: 'flow',
    says: /ends with the code (1)\./,
    are: () => numbersIn('packages/cli/src/main.ts', /process\.exitCode = (\d)/),
  },
  {
    page: 'world',
    says: /needs `msw` (2\.7) or later/,
    are: () => numbersIn('packages/core/package.json', /"msw": ">=([\d.]+)"/),
  },
  {
    page: 'architecture',
    says: /a file over (200) lines/,
    are: () => numbersIn('.oxlintrc.json', /"max-lines": \["error", \{ "max": (\d+)/),
  },
]

/** Minutes after the access token in which a session ends that a wrong key keeps from being renewed: more than, and at most. */
async function minutesUntilStalled(): Promise<readonly number[]> {
  const world = createWorld()
  const { parts } = world.openTab()
  const refresh = () => Promise.reject(new AuthError('misconfigured'))
  const auth = createAuth({ ...parts, client: { ...parts.client, refresh }, random: () => 1 })
  auth.subscribe(() => {})
  await auth.signIn(ann)
  await world.advance(60 * MINUTE)
  let minutes = 0
  for (; auth.getState().status !== 'expired' && minutes < 60; minutes += 1) await world.advance(MINUTE)
  return [minutes - 1, minutes]
}

async function timeOfStepUp(): Promise<readonly number[]> {
  const world = createWorld()
  const auth = createAuth({ ...world.openTab().parts, guards: { isFresh: hasRecentSignIn(5 * MINUTE) } })
  await auth.signIn(ann)
  let minutes = 0
  for (; auth.can('isFresh') && minutes < 60; minutes += 1) await world.advance(MINUTE)
  return [minutes * MINUTE]
}

/** What the test of the binding says: components, renders after the first ones, renewals. */
function rendersOf(binding: 'react' | 'vue'): readonly number[] {
  const path = `packages/${binding}/test/renders.browser.test.ts${binding === 'react' ? 'x' : ''}`
  const [renewals = NaN] = numbersIn(path, /=== 'whole' \? (\d+) : 10$/m)
  const [after = NaN] = numbersIn(path, /expect\(renders\)\.toBe\((\d+)\)/)
  const [components = NaN] = numbersIn(path, binding === 'react' ? /length: (\d+)/ : /'i'\)\.length\)\.toBe\((\d+)\)/)
  return [components, after - components, renewals]
}
