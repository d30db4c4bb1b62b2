/** What each command answers in each state of the chart: the table of promises, written by hand. */
import { expect, it } from 'vitest'
import { ann, annsPassword, bobsPassword, drain, grant, watch, watchAll, type Tab } from './support.ts'
import { states, statuses, type State } from './states.ts'

const commands = {
  'signIn (other credentials)': ({ auth }: Tab) => auth.signIn(bobsPassword),
  'signIn (the same)': ({ auth }: Tab) => auth.signIn(annsPassword),
  signUp: ({ auth }: Tab) => auth.signUp(bobsPassword),
  answerChallenge: ({ auth }: Tab) => auth.answerChallenge({ code: '654321' }),
  cancel: ({ auth }: Tab) => auth.cancel(),
  signOut: ({ auth }: Tab) => auth.signOut(),
  refresh: ({ auth }: Tab) => auth.refresh(),
  dismiss: ({ auth }: Tab) => auth.dismiss(),
  getAccessToken: ({ auth }: Tab) => auth.getAccessToken(),
  requireUser: ({ auth }: Tab) => auth.requireUser(),
  fetch: ({ auth, server }: Tab) => auth.fetch('https://api.test/').then(() => server.tokens()[0] ?? 'bare'),
}
type Command = keyof typeof commands

/**
 * `begins x`: the client is asked to do x, and the status is then the one named. `queued` and `waits`: nothing is sent
 * yet. `joins`: no second request. `→ x`: the status is x now. Else what the promise comes to.
 */
const table: Readonly<Record<State, Readonly<Record<Command, string>>>> = {
  restoring: {
    'signIn (other credentials)': 'queued',
    'signIn (the same)': 'queued',
    signUp: 'queued',
    answerChallenge: 'rejects no-challenge',
    cancel: 'nothing happens',
    signOut: 'waits → signingOut',
    refresh: 'waits',
    dismiss: 'nothing happens',
    getAccessToken: 'waits',
    requireUser: 'waits',
    fetch: 'waits',
  },
  anonymous: {
    'signIn (other credentials)': 'begins signIn → authenticating',
    'signIn (the same)': 'begins signIn → authenticating',
    signUp: 'begins signUp → authenticating',
    answerChallenge: 'rejects no-challenge',
    cancel: 'nothing happens',
    signOut: 'resolves {"revoked":"no"}',
    refresh: 'rejects not-authenticated',
    dismiss: 'nothing happens',
    getAccessToken: 'resolves null',
    requireUser: 'rejects not-authenticated',
    fetch: 'resolves "bare"',
  },
  submitting: {
    'signIn (other credentials)': 'begins signIn → authenticating',
    'signIn (the same)': 'joins',
    signUp: 'begins signUp → authenticating',
    answerChallenge: 'rejects no-challenge',
    cancel: '→ anonymous',
    signOut: 'resolves {"revoked":"no"} → signedOut',
    refresh: 'rejects not-authenticated',
    dismiss: 'nothing happens',
    getAccessToken: 'resolves null',
    requireUser: 'rejects not-authenticated',
    fetch: 'resolves "bare"',
  },
  awaitingCode: {
    'signIn (other credentials)': 'begins signIn → authenticating',
    'signIn (the same)': 'begins signIn → authenticating',
    signUp: 'begins signUp → authenticating',
    answerChallenge: 'begins answerChallenge → challenged',
    cancel: '→ anonymous',
    signOut: 'resolves {"revoked":"no"} → signedOut',
    refresh: 'rejects not-authenticated',
    dismiss: 'nothing happens',
    getAccessToken: 'resolves null',
    requireUser: 'rejects not-authenticated',
    fetch: 'resolves "bare"',
  },
  verifyingCode: {
    'signIn (other credentials)': 'begins signIn → authenticating',
    'signIn (the same)': 'begins signIn → authenticating',
    signUp: 'begins signUp → authenticating',
    answerChallenge: 'rejects in-progress',
    cancel: '→ anonymous',
    signOut: 'resolves {"revoked":"no"} → signedOut',
    refresh: 'rejects not-authenticated',
    dismiss: 'nothing happens',
    getAccessToken: 'resolves null',
    requireUser: 'rejects not-authenticated',
    fetch: 'resolves "bare"',
  },
  fresh: {
    'signIn (other credentials)': 'begins signIn → authenticating',
    'signIn (the same)': 'begins signIn → authenticating',
    signUp: 'begins signUp → authenticating',
    answerChallenge: 'rejects no-challenge',
    cancel: 'nothing happens',
    signOut: 'begins signOut → signingOut',
    refresh: 'begins refresh → refreshing',
    dismiss: 'nothing happens',
    getAccessToken: 'resolves "access-1"',
    requireUser: `resolves ${JSON.stringify(ann)}`,
    fetch: 'resolves "access-1"',
  },
  refreshing: {
    'signIn (other credentials)': 'begins signIn → authenticating',
    'signIn (the same)': 'begins signIn → authenticating',
    signUp: 'begins signUp → authenticating',
    answerChallenge: 'rejects no-challenge',
    cancel: 'nothing happens',
    signOut: 'begins signOut → signingOut',
    refresh: 'joins',
    dismiss: 'nothing happens',
    getAccessToken: 'resolves "access-1"',
    requireUser: `resolves ${JSON.stringify(ann)}`,
    fetch: 'resolves "access-1"',
  },
  waiting: {
    'signIn (other credentials)': 'begins signIn → authenticating',
    'signIn (the same)': 'begins signIn → authenticating',
    signUp: 'begins signUp → authenticating',
    answerChallenge: 'rejects no-challenge',
    cancel: 'nothing happens',
    signOut: 'begins signOut → signingOut',
    refresh: 'begins refresh → refreshing',
    dismiss: 'nothing happens',
    getAccessToken: 'resolves "access-1"',
    requireUser: `resolves ${JSON.stringify(ann)}`,
    fetch: 'resolves "access-1"',
  },
  indeterminate: {
    'signIn (other credentials)': 'begins signIn → authenticating',
    'signIn (the same)': 'begins signIn → authenticating',
    signUp: 'begins signUp → authenticating',
    answerChallenge: 'rejects no-challenge',
    cancel: 'nothing happens',
    signOut: 'begins signOut → signingOut',
    refresh: 'rejects refresh-indeterminate',
    dismiss: 'nothing happens',
    getAccessToken: 'resolves "access-1"',
    requireUser: `resolves ${JSON.stringify(ann)}`,
    fetch: 'resolves "access-1"',
  },
  expired: {
    'signIn (other credentials)': 'begins signIn → authenticating',
    'signIn (the same)': 'begins signIn → authenticating',
    signUp: 'begins signUp → authenticating',
    answerChallenge: 'rejects no-challenge',
    cancel: 'nothing happens',
    signOut: 'resolves {"revoked":"no"} → signedOut',
    refresh: 'rejects session-expired',
    dismiss: '→ anonymous',
    getAccessToken: 'resolves null',
    requireUser: 'rejects session-expired',
    fetch: 'rejects session-expired',
  },
  signingOut: {
    'signIn (other credentials)': 'begins signIn → authenticating',
    'signIn (the same)': 'begins signIn → authenticating',
    signUp: 'begins signUp → authenticating',
    answerChallenge: 'rejects no-challenge',
    cancel: 'nothing happens',
    signOut: 'joins',
    refresh: 'rejects not-authenticated',
    dismiss: 'nothing happens',
    getAccessToken: 'resolves null',
    requireUser: 'rejects not-authenticated',
    fetch: 'resolves "bare"',
  },
  signedOut: {
    'signIn (other credentials)': 'begins signIn → authenticating',
    'signIn (the same)': 'begins signIn → authenticating',
    signUp: 'begins signUp → authenticating',
    answerChallenge: 'rejects no-challenge',
    cancel: 'nothing happens',
    signOut: 'resolves {"revoked":"no"}',
    refresh: 'rejects not-authenticated',
    dismiss: '→ anonymous',
    getAccessToken: 'resolves null',
    requireUser: 'rejects not-authenticated',
    fetch: 'resolves "bare"',
  },
}

const waits = (state: State, command: Command): string =>
  state !== 'restoring' ? 'joins' : command.startsWith('sign') && command !== 'signOut' ? 'queued' : 'waits'

async function answerOf(state: State, command: Command): Promise<string> {
  const tab = await states[state]()
  expect(tab.status()).toBe(statuses[state])
  const before = { ...tab.client.counts }
  const result = commands[command](tab)
  const promise = watch(Promise.resolve<unknown>(result))
  await drain()
  const begun = (Object.keys(before) as (keyof typeof before)[]).filter(
    (method) => tab.client.counts[method] > before[method],
  )
  const moved = tab.status() === statuses[state] ? '' : ` → ${tab.status()}`
  if (begun.length > 0) return `begins ${begun.join(', ')} → ${tab.status()}`
  if (!(result instanceof Promise)) return moved.trim() || 'nothing happens'
  if (promise.now === 'pending') return `${waits(state, command)}${moved}`
  return promise.now === 'resolved'
    ? `resolves ${JSON.stringify(promise.value)}${moved}`
    : `rejects ${promise.now}${moved}`
}

const rows = Object.entries(table).flatMap(([state, row]) =>
  Object.entries(row).map(([command, answer]) => [state as State, command as Command, answer] as const),
)

it('the table of commands has a row for every state and a cell for every command', () => {
  expect(rows).toHaveLength(12 * 11)
})

it.each(rows)('%s, %s: %s', async (state, command, answer) => {
  expect(await answerOf(state, command)).toBe(answer)
})

it('what waits for the restore settles with it', async () => {
  const tab = await states.restoring()
  const all = watchAll([
    tab.auth.refresh(),
    tab.auth.getAccessToken(),
    tab.auth.requireUser(),
    tab.auth.fetch('https://api.test/'),
  ])
  tab.tab.releaseStorage()
  await drain()
  tab.client.next('refresh').answer(grant(2))
  await drain()
  expect(all.map(({ now }) => now)).toEqual(['resolved', 'resolved', 'resolved', 'resolved'])
})
