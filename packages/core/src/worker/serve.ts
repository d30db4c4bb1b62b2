import { fieldOf } from '../data.ts'
import { AuthError } from '../errors.ts'
import { systemClock } from '../ports/clock.ts'
import { browserStorage } from '../storage/browser.ts'
import type { AuthClient, AuthStorage, CallOptions, Clock, ChallengeDemand, Grant } from '../types.ts'
import { addressOf, tell, type Answer, type Ask } from './messages.ts'
import { createRecords, type Records, type WorkerLock } from './records.ts'
import { createRenew, type Renew } from './renewal.ts'

export interface ServeCustodyOptions<TUser = unknown, TCredentials = unknown> {
  /** The same client as in the page. */
  readonly client: AuthClient<TUser, TCredentials>
  /** The same storage as in the page. Default: `browserStorage()`. */
  readonly storage?: AuthStorage
  /** Default: the clock of the device, as in the page. */
  readonly clock?: Clock
}

/** What a service worker offers, and what stands for it in a test. */
export interface CustodyScope {
  readonly addEventListener: (type: 'install' | 'message', listener: (event: never) => void) => void
  readonly skipWaiting?: () => Promise<void>
}

/** An `ExtendableMessageEvent`. */
export interface CustodyMessage {
  readonly data: unknown
  readonly ports: readonly MessagePort[]
  /** Keeps the worker alive until it settles. */
  readonly waitUntil?: (work: Promise<unknown>) => void
}

/**
 * The half of `workerCustody` that runs in a service worker: it spends refresh tokens and stores what comes of them, also when
 * the page that asked has closed. It controls no page and answers no request.
 *
 * @example
 * // auth-worker.ts, the whole file
 * serveCustody({ client: bkend({ publishableKey: 'pk_…' }) })
 */
export function serveCustody<TUser, TCredentials>(
  options: ServeCustodyOptions<TUser, TCredentials>,
  scope: CustodyScope = globalThis as unknown as CustodyScope,
): void {
  // the worker knows no user type
  const client = options.client as unknown as AuthClient
  const address = addressOf(client)
  const records = createRecords(options.storage ?? browserStorage(), webLock)
  const parts: Parts = { client, records, renew: createRenew(client, records, options.clock ?? systemClock) }
  scope.addEventListener('install', () => void scope.skipWaiting?.())
  scope.addEventListener('message', (event: CustodyMessage) => {
    const [port] = event.ports
    const to = fieldOf(event.data, 'to')
    if (!port || typeof to !== 'string') return
    // no token of one client is ever sent for another
    if (to !== address) return port.postMessage({ error: tell(new AuthError('misconfigured')) } satisfies Answer)
    const work = serve(parts, fieldOf(event.data, 'ask') as Ask, port)
    event.waitUntil?.(work)
  })
}

interface Parts {
  readonly client: AuthClient
  readonly records: Records
  readonly renew: Renew
}

const webLock: WorkerLock = (name, work) => navigator.locks.request(name, work)

async function serve(parts: Parts, ask: Ask, port: MessagePort): Promise<void> {
  const controller = new AbortController()
  // the page waits no longer
  port.onmessage = () => controller.abort()
  const say = (answer: Answer): void => port.postMessage(answer)
  try {
    say({ value: await answerTo(parts, ask, { signal: controller.signal }) })
  } catch (thrown) {
    say({ error: tell(thrown) })
  }
}

const ways = ['signIn', 'signUp', 'answerChallenge']

async function answerTo({ client, records, renew }: Parts, ask: Ask, call: CallOptions): Promise<unknown> {
  switch (ask.type) {
    case 'hello':
      return true
    case 'read':
      return records.read(ask.key, call)
    case 'compareAndSet':
      return records.compareAndSet(ask.key, ask.expected, ask.next, call)
    case 'refresh':
      return renew(ask.key, ask.refreshToken)
    case 'enter':
      if (!ways.includes(ask.method)) throw new AuthError('not-supported')
      return named(records, await client[ask.method]!(ask.input as never, call))
    case 'signOut': {
      const { accessToken, refreshToken } = ask.tokens
      const token = refreshToken === null ? null : await records.tokenOf(ask.key, refreshToken)
      return client.signOut!({ accessToken, refreshToken: token }, call)
    }
  }
}

function named({ names }: Records, answer: Grant | ChallengeDemand): Grant | ChallengeDemand {
  if ('challenge' in answer || typeof answer.refreshToken !== 'string') return answer
  return { ...answer, refreshToken: names.add(answer.refreshToken) }
}
