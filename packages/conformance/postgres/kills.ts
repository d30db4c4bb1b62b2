/**
 * A handler that is killed between the upstream's rotation of a refresh token and its `Set-Cookie`, at a moment by chance.
 * Then another process of it answers the same browser. The same plan with a store in memory is the control.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { SessionStore } from '@authchart/core/server'
import { browserAt } from '../../core/test/server/support.ts'
import { createDice } from '../campaign/seed.ts'
import type { PostgresHouse } from './houses.ts'
import { startUpstream, type Upstream } from './upstream.ts'

export interface KillSettings {
  readonly kills: number
  readonly seed: number
}

interface Outcome {
  /** The new tokens were in the store when the process was dead. Null: nothing outlives the process. */
  readonly isStored: boolean | null
  /** The handler had sent its answer, which the browser did not read. */
  readonly isAnswered: boolean
  readonly isLost: boolean
  /** What the next process said where the session is lost. */
  readonly code: string | undefined
  readonly replays: number
}

/** Turns of the event loop after the upstream's answer within which the process is killed. */
const LATEST = 10_000

/** 0 if no session whose tokens were stored was lost, no token was sent twice, and the control lost sessions. */
export async function runKills(house: PostgresHouse, settings: KillSettings): Promise<number> {
  const { kills, seed } = settings
  console.log(`${kills} kills within ${LATEST} turns of the event loop after the upstream's answer. Seed ${seed}.`)
  const { host } = house.cluster.connection
  const outcomes = await killAll(settings, { host, store: house.open() })
  const control = await killAll(settings, null)
  const count = (isMeant: (outcome: Outcome) => boolean, of = outcomes): number => of.filter(isMeant).length
  const lostStored = count(({ isLost, isStored }) => isLost && isStored === true)
  const replays = outcomes.reduce((sum, outcome) => sum + outcome.replays, 0)
  const lostInControl = count(({ isLost }) => isLost, control)
  console.log(
    [
      `Postgres: ${count(({ isLost }) => isLost)} of ${kills} sessions lost, ${replays} tokens sent twice`,
      `  ${count(({ isStored }) => isStored === true)} kills after the new tokens were stored: ${lostStored} lost`,
      `    of these ${count(({ isAnswered }) => isAnswered)} after the handler had answered`,
      `  ${count(({ isStored }) => isStored === false)} kills between the rotation and the store: ${count(({ isLost, isStored }) => isLost && isStored === false)} lost`,
      `    (${codesOf(outcomes)})`,
      `Memory, the control: ${lostInControl} of ${kills} sessions lost, ${control.reduce((sum, outcome) => sum + outcome.replays, 0)} tokens sent twice`,
    ].join('\n'),
  )
  if (lostInControl === 0) console.error('The control lost no session: this run proves nothing.')
  return lostStored === 0 && replays === 0 && lostInControl > 0 ? 0 : 1
}

const codesOf = (outcomes: readonly Outcome[]): string =>
  Array.from(new Set(outcomes.flatMap(({ code }) => code ?? []))).join(', ') || 'none'

interface Shared {
  readonly host: string
  readonly store: SessionStore
}

async function killAll({ kills, seed }: KillSettings, shared: Shared | null): Promise<readonly Outcome[]> {
  const dice = createDice(seed)
  const upstream = await startUpstream()
  const outcomes: Outcome[] = []
  let process = await startProcess(upstream, shared)
  try {
    for (let number = 0; number < kills; number += 1) {
      const [outcome, next] = await killOne(upstream, shared, process, Math.floor(dice.next() * LATEST))
      outcomes.push(outcome)
      process = next
    }
    return outcomes
  } finally {
    process.child.kill('SIGKILL')
    await upstream.close()
  }
}

interface HandlerProcess {
  readonly child: ChildProcess
  readonly url: string
}

async function startProcess({ url }: Upstream, shared: Shared | null): Promise<HandlerProcess> {
  const file = fileURLToPath(new URL('handler.ts', import.meta.url))
  const child = spawn(process.execPath, [file, url, ...(shared ? [shared.host] : [])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [port] = (await once(child.stdout, 'data')) as [Buffer]
  return { child, url: `http://127.0.0.1:${String(port).trim()}` }
}

/** Signs in, renews, kills, and asks the next process what has become of the session. */
async function killOne(
  upstream: Upstream,
  shared: Shared | null,
  victim: HandlerProcess,
  turns: number,
): Promise<readonly [Outcome, HandlerProcess]> {
  let current = victim
  const send = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url)
    return fetch(current.url + pathname, { method: 'POST', headers: request.headers, body: await request.text() })
  }
  const browser = browserAt(Object.assign(send, { readSession: () => Promise.resolve(null) }))
  const { email, password } = upstream.users.user
  const { body } = await browser.call('sign-in', { credentials: { email, password } })
  const id = body.session?.id
  if (id === undefined) throw new Error(`The sign-in failed: ${body.error?.code}`)
  const cookies = new Map(browser.cookies)
  const before = upstream.control.stats().replays

  const rotated = upstream.nextAnswer()
  let isAnswered = false
  const answer = browser.call('refresh', { session: id, generation: 1 }).then(
    () => void (isAnswered = true),
    () => {},
  )
  await rotated
  await takeTurns(turns)
  const wasAnswered = isAnswered
  const exit = once(victim.child, 'exit')
  victim.child.kill('SIGKILL')
  await Promise.all([exit, answer])
  // an answer that came has not been read
  browser.cookies.clear()
  for (const [name, value] of cookies) browser.cookies.set(name, value)
  // the lock is free when the database has let go of the process
  const kept = shared && (await shared.store.exclusive(id, (entries) => entries.get(id)))

  current = await startProcess(upstream, shared)
  const found = await browser.call('session')
  const { generation } = found.body.session ?? { generation: 1 }
  const renewed = await browser.call('refresh', { session: id, generation })
  const outcome: Outcome = {
    isStored: kept === null ? null : (JSON.parse(kept) as { readonly isDone: boolean }).isDone,
    isAnswered: wasAnswered,
    isLost: renewed.body.session === undefined,
    code: renewed.body.error?.code,
    replays: upstream.control.stats().replays - before,
  }
  return [outcome, current]
}

/** Lets this process come round so often: a moment by chance, and none that a clock names. */
async function takeTurns(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
