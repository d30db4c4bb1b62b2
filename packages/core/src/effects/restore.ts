import type { AuthFact } from '../machine/types.ts'
import { toView } from '../session.ts'
import { withTimeout } from '../timeout.ts'
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

async function look(world: World): Promise<AuthFact> {
  const { persistence, tabs, place, vault, client } = world
  let stored = await persistence.read()
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
  const spendUnknown = stored.marked && !isSpending && client.replay !== 'tolerated'
  if (spendUnknown) world.unknownSpend = stored.held
  return { type: 'restore.found', session: toView(stored.held), spendUnknown }
}
