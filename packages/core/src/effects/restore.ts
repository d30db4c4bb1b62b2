import { fieldOf } from '../data.ts'
import type { AuthFact } from '../machine/types.ts'
import { countdown } from '../ports/clock.ts'
import { toView, type Stored } from '../session.ts'
import type { Clock } from '../types.ts'
import { withTimeout } from '../timeout.ts'
import { mayReplay, toleranceOf } from '../tolerance.ts'
import type { World } from '../world.ts'
import { effect } from './effect.ts'

/** Looks for a stored session, once. */
export const restore = (world: World) =>
  effect(({ sendBack }) => {
    void look(world)
      .catch((): AuthFact => ({ type: 'restore.empty' }))
      .then((fact) => {
        sendBack(fact)
        world.restored()
      })
  })

const LONGEST_SILENCE = 10_000
/** Milliseconds between the first tries. */
const PAUSES = [0, 100]
const PAUSE = 1000

/** A storage that has not answered is not empty: it is asked again, for a while. A user who signs in need not wait for it. */
async function readAtLast({ persistence, clock, vault, lifetime }: World): Promise<Stored | null> {
  const pauses = PAUSES.values()
  const ask = async (signal: AbortSignal): Promise<Stored | null> => {
    try {
      return await persistence.read()
    } catch (error) {
      if (signal.aborted || isForGood(error as Error) || vault.pending()) throw error
    }
    const pause = pauses.next().value ?? PAUSE
    if (pause > 0) await wait(clock, pause, signal)
    return ask(signal)
  }
  return withTimeout(clock, LONGEST_SILENCE, ask, lifetime).catch((error: unknown) => {
    if (!lifetime.aborted) persistence.listen(error)
    throw error
  })
}

function wait(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const cancel = countdown(clock, milliseconds, resolve)
    signal.addEventListener('abort', cancel, { once: true })
  })
}

async function look(world: World): Promise<AuthFact> {
  const { persistence, tabs, place, vault, client } = world
  let stored = await readAtLast(world)
  let isSpending = false
  if (stored?.kind === 'session' && stored.marked) {
    // a live tab that is spending right now holds the lock; a mark that stays when it is free was left by a dead one
    await withTimeout(world.clock, world.storageTimeout, () =>
      tabs.lock(place, async () => {
        stored = await persistence.read()
      }),
    ).catch(async () => {
      isSpending = true
      stored = await persistence.read()
    })
  }
  if (stored?.kind === 'foreign') world.warn('storage-unavailable')
  if (stored?.kind === 'ended') return { type: 'restore.ended', ended: stored.ended }
  if (stored?.kind !== 'session') return { type: 'restore.empty' }
  vault.stage(stored.held)
  const spendUnknown =
    stored.marked && !isSpending && !mayReplay(stored.since, world.clock.now(), toleranceOf(client.replay))
  if (spendUnknown) world.unknownSpend = stored.held
  return { type: 'restore.found', session: toView(stored.held), spendUnknown }
}

/** The browser says that there is no storage for this page, today and tomorrow. */
function isForGood({ cause }: { readonly cause?: unknown }): boolean {
  return ['SecurityError', 'InvalidStateError', 'NotSupportedError'].includes(String(fieldOf(cause, 'name')))
}
