import { systemClock } from '../ports/clock.ts'
import { browserStorage } from '../storage/browser.ts'
import { withTimeout } from '../timeout.ts'
import type { AuthClient, AuthStorage, CallOptions, Grant, StoredRecord } from '../types.ts'
import { connectWorker, type AskWorker } from './connection.ts'
import { addressOf } from './messages.ts'
import { nameOf } from './names.ts'

export interface WorkerCustodyOptions<TUser = unknown, TCredentials = unknown> {
  /** The client of the backend: the same as in the worker. */
  readonly client: AuthClient<TUser, TCredentials>
  /** The address of the worker's script, on the origin of the page. */
  readonly url: string | URL
  /** How the script is read. Default: `'classic'`, what bundlers make of a worker, and else `'module'`. */
  readonly type?: 'classic' | 'module'
  /** What the worker would control, where no page may be. Default: a folder beside its script. */
  readonly scope?: string
  /** The same storage as in the worker, and where the page keeps the session if there is no worker. Default `browserStorage()`. */
  readonly storage?: AuthStorage
}

export type WorkerClient<TUser, TCredentials> = AuthClient<TUser, TCredentials> & { readonly storage: AuthStorage }

/** Milliseconds: a read waits for a renewal that is under way. */
const LONGEST_ANSWER = 40_000
/** Milliseconds, as without a worker. */
const LONGEST_OPERATION = 2000

/**
 * Leaves refresh tokens to a service worker: a renewal goes on there when its page has closed, and the page never has one in its
 * memory. Where the browser has no worker for it (a private window of Firefox, a refused registration), the page does all that
 * itself, with the same record: `auth.capabilities().custody` says which.
 *
 * @example
 * import url from './auth-worker.ts?worker&url' // Vite; the file calls serveCustody
 * const auth = createAuth({ client: workerCustody({ client: bkend({ publishableKey: 'pk_…' }), url }) })
 */
export function workerCustody<TUser, TCredentials>(
  options: WorkerCustodyOptions<TUser, TCredentials>,
): WorkerClient<TUser, TCredentials> {
  const { client, url, type, scope } = options
  const own = options.storage ?? browserStorage()
  let connecting: Promise<AskWorker | null> | undefined
  let isInWorker = false
  const worker = (): Promise<AskWorker | null> =>
    (connecting ??= connectWorker({ url, type, scope, address: addressOf(client) }).then((ask) => {
      isInWorker = ask !== null
      return ask
    }))
  const page = createPage(own, worker)

  const enter = <TInput>(method: 'signIn' | 'signUp' | 'answerChallenge') =>
    client[method] && {
      [method]: async (input: TInput, call: CallOptions) => {
        const ask = await worker()
        const answer = ask ? ask({ type: 'enter', method, input }, call) : client[method]!(input as never, call)
        return answer as Promise<Grant<TUser>>
      },
    }

  return Object.assign(Object.create(client) as AuthClient<TUser, TCredentials>, {
    ...enter('signIn'),
    ...enter('signUp'),
    ...enter('answerChallenge'),
    ...(client.refresh && {
      async refresh({ refreshToken }: { readonly refreshToken: string }, call: CallOptions) {
        const ask = await worker()
        if (!ask) return client.refresh!({ refreshToken }, call)
        return (await ask({
          type: 'refresh',
          key: page.key(),
          refreshToken: page.nameOf(refreshToken),
        })) as Grant<TUser>
      },
    }),
    ...(client.signOut && {
      async signOut(tokens: Parameters<NonNullable<typeof client.signOut>>[0], call: CallOptions) {
        const ask = await worker()
        if (!ask) return client.signOut!(tokens, call)
        const { accessToken, refreshToken } = tokens
        const named = { accessToken, refreshToken: refreshToken === null ? null : page.nameOf(refreshToken) }
        await ask({ type: 'signOut', key: page.key(), tokens: named }, call)
      },
    }),
    storage: { ...own, timeout: LONGEST_ANSWER, custody: () => (isInWorker ? 'worker' : 'page'), ...page.storage },
  }) as WorkerClient<TUser, TCredentials>
}

/** The record, by the worker or by the page's own hand. */
function createPage(own: AuthStorage, worker: () => Promise<AskWorker | null>) {
  let key = ''
  /** What the worker called the tokens of a sign-in, before they had a record to be named after. */
  const names = new Map<string, string>()
  const nameIn = (token: string): string => names.get(token) ?? token

  function named(next: StoredRecord | null): StoredRecord | null {
    const token = next?.['refreshToken']
    return next && typeof token === 'string' ? { ...next, refreshToken: nameIn(token) } : next
  }

  // the disk of this page answers sooner than a worker that renews
  const soon = <T>(work: (call: CallOptions) => Promise<T>, call?: CallOptions): Promise<T> =>
    withTimeout(systemClock, own.timeout ?? LONGEST_OPERATION, (signal) => work({ signal }), call?.signal)

  return {
    /** Which record the auth of this page reads. */
    key: () => key,
    nameOf: nameIn,
    storage: {
      async read(asked: string, call?: CallOptions) {
        key = asked
        const ask = await worker()
        return ask ? ask({ type: 'read', key }, call) : soon((inTime) => own.read(key, inTime), call)
      },
      async compareAndSet(asked: string, expected: string | null, next: StoredRecord | null, call?: CallOptions) {
        key = asked
        const ask = await worker()
        if (!ask) return soon((inTime) => own.compareAndSet(key, expected, next, inTime), call)
        const isWritten = await ask({ type: 'compareAndSet', key, expected, next: named(next) }, call)
        const token = next?.['refreshToken']
        if (isWritten && next && typeof token === 'string') names.set(token, nameOf(next))
        return isWritten as boolean
      },
    },
  }
}
