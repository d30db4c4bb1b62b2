import type { Tolerance } from '../custody/tolerance.ts'
import { fieldOf } from '../data.ts'
import { AuthError } from '../errors.ts'
import type { Effect } from '../machine/parts.ts'
import type { AuthFact } from '../machine/types.ts'
import { countdown } from '../ports/clock.ts'
import { toView } from '../session/session.ts'
import type { Stored } from '../session/stored.ts'
import type { Persistence } from '../storage/persistence.ts'
import { withTimeout } from '../timeout.ts'
import type { Clock } from '../types.ts'
import type { Vault } from '../vault.ts'

interface Restoring {
  readonly persistence: Persistence
  readonly vault: Vault
  readonly clock: Clock
  readonly lock: <T>(work: () => Promise<T>) => Promise<T>
  readonly tolerance: Tolerance
  readonly storageTimeout: number
  readonly lifetime: () => AbortSignal
  readonly restored: () => void
  readonly warn: (warning: AuthError) => void
}

/** Looks for a stored session, once. */
export const restore =
  (custody: Restoring): Effect =>
  ({ sendBack }) => {
    void look(custody)
      .catch((): AuthFact => ({ type: 'restore.empty' }))
      .then((fact) => {
        sendBack(fact)
        custody.restored()
      })
  }

const LONGEST_SILENCE = 10_000
/** Milliseconds between the first tries. */
const PAUSES = [0, 100]
const PAUSE = 1000

/** A storage that has not answered is not empty: it is asked again, for a while. A user who signs in need not wait for it. */
async function readAtLast({ persistence, clock, vault, lifetime }: Restoring): Promise<Stored | null> {
  const pauses = PAUSES.values()
  const ask = async (signal: AbortSignal): Promise<Stored | null> => {
    try {
      return await persistence.read()
    } catch (error) {
      if (signal.aborted || isForGood(error as Error) || vault.credentials.current()) throw error
    }
    const pause = pauses.next().value ?? PAUSE
    if (pause > 0) await wait(clock, pause, signal)
    return ask(signal)
  }
  return withTimeout(clock, LONGEST_SILENCE, ask, lifetime()).catch((error: unknown) => {
    if (!lifetime().aborted) persistence.listen(error)
    throw error
  })
}

function wait(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const cancel = countdown(clock, milliseconds, resolve)
    signal.addEventListener('abort', cancel, { once: true })
  })
}

async function look(custody: Restoring): Promise<AuthFact> {
  const { persistence, lock, vault, tolerance } = custody
  let stored = await readAtLast(custody)
  let isSpending = false
  if (stored?.kind === 'session' && stored.spend) {
    // a live tab that is spending right now holds the lock; a mark that stays when it is free was left by a dead one
    await withTimeout(custody.clock, custody.storageTimeout, () =>
      lock(async () => {
        stored = await persistence.read()
      }),
    ).catch(async () => {
      isSpending = true
      // a storage that has just said what it holds, and now does not answer, is not empty
      const before = stored
      stored = await persistence.read().catch(() => before)
    })
  }
  if (stored?.kind === 'unreadable') custody.warn(new AuthError('storage-unavailable'))
  if (stored?.kind === 'ended') return { type: 'restore.ended', ended: stored.ended }
  if (stored?.kind !== 'session') return { type: 'restore.empty' }
  const { spend } = stored
  const spendUnknown = spend !== null && !isSpending && !tolerance.isReplayable(spend.startedAt)
  const session = { ...stored.session, spendUnknown }
  vault.setPending(session)
  return { type: 'restore.found', session: toView(session), spendUnknown }
}

/** The browser says that there is no storage for this page, today and tomorrow. A connection that is closing opens again. */
function isForGood({ cause }: { readonly cause?: unknown }): boolean {
  return ['SecurityError', 'NotSupportedError'].includes(String(fieldOf(cause, 'name')))
}
