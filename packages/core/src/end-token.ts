import { askUser } from './effects/user.ts'
import { toAuthError } from './errors.ts'
import { ageOf, isSameGrant, toView, type Held } from './session.ts'
import type { World } from './world.ts'

/**
 * What a tab does before it ends a session whose access token is over or was refused, and that nothing renews: it reads the
 * record, for another tab may be further, and asks the server where only the wall clock says that the time is over.
 */
export function createEndToken(world: () => World): World['endToken'] {
  let current: { readonly held: Held; readonly done: Promise<void> } | null = null

  async function decide(held: Held, isRefused: boolean): Promise<void> {
    const { vault, look, report } = world()
    const isWanted = (): boolean => isSameGrant(vault.held, held) && isFinal(world(), held)
    await look()
    if (!isWanted()) return
    if (!isRefused && (await isStillTaken(world(), held))) return
    if (isWanted()) report({ type: 'expiry.reached' })
  }

  return (held, isRefused = false) => {
    const { clock, report } = world()
    if (!isFinal(world(), held)) return Promise.resolve()
    // no tab can be further, and by both clocks the time is over
    if (!held.renewable && (isRefused || clock.monotonic() - held.receivedMonotonic >= held.lifetime)) {
      report({ type: 'expiry.reached' })
      return Promise.resolve()
    }
    if (current && !isRefused && isSameGrant(current.held, held)) return current.done
    const own = { held, done: decide(held, isRefused) }
    current = own
    return own.done.finally(() => {
      if (current === own) current = null
    })
  }
}

/** Nothing renews these tokens. */
function isFinal({ unknownSpend }: World, held: Held): boolean {
  return !held.renewable || isSameGrant(unknownSpend, held)
}

/** A wall clock that was put forward ends nothing: the server is asked, and then the time counts by the other clock. */
async function isStillTaken(world: World, held: Held): Promise<boolean> {
  const { clock, client, vault, report } = world
  const age = clock.monotonic() - held.receivedMonotonic
  if (ageOf(held, clock) < held.lifetime) return true
  if (age >= held.lifetime || !client.getUser || !held.isNamed) return false
  try {
    await askUser(world, held)
  } catch (thrown) {
    // put back meanwhile; or no answer came, and the time is over by what this device knows
    return ageOf(held, clock) < held.lifetime && toAuthError(thrown).code !== 'session-expired'
  }
  if (!isSameGrant(vault.held, held) || !vault.held) return true
  const counted = { ...vault.held, receivedAt: clock.now() - age }
  vault.hold(counted)
  report({ type: 'session.confirmed', session: toView(counted) })
  return true
}
