import { toAuthError } from '../errors.ts'
import type { AuthFact } from '../machine/types.ts'
import { ageOf, isSameGrant, toView, type Session } from '../session/session.ts'
import type { AuthClient, Clock } from '../types.ts'
import type { Vault } from '../vault.ts'
import type { AskUser } from './ask-user.ts'

/**
 * The access token is over or was refused, and nothing renews it: ends the session unless the record or the server know
 * better. Resolves when that is decided.
 */
export type EndToken = (session: Session, isRefused?: boolean) => Promise<void>

export interface EndTokenOptions {
  readonly vault: Vault
  readonly clock: Clock
  readonly client: AuthClient
  readonly askUser: AskUser
  readonly look: () => Promise<void>
  readonly emit: (fact: AuthFact) => void
}

/** The record is read before, for another tab may be further, and the server is asked where only the wall clock says so. */
export function createEndToken(options: EndTokenOptions): EndToken {
  const { vault, clock, look, emit } = options
  let current: { readonly session: Session; readonly done: Promise<void> } | null = null

  async function decide(session: Session, isRefused: boolean): Promise<void> {
    const isWanted = (): boolean => isSameGrant(vault.session, session) && isFinal(vault, session)
    await look()
    if (!isWanted()) return
    if (!isRefused && (await isStillTaken(options, session))) return
    if (isWanted()) emit({ type: 'expiry.reached' })
  }

  return (session, isRefused = false) => {
    if (!isFinal(vault, session)) return Promise.resolve()
    // no tab can be further, and by both clocks the time is over
    if (!session.renewable && (isRefused || clock.monotonic() - session.receivedMonotonic >= session.lifetime)) {
      emit({ type: 'expiry.reached' })
      return Promise.resolve()
    }
    if (current && !isRefused && isSameGrant(current.session, session)) return current.done
    const own = { session, done: decide(session, isRefused) }
    current = own
    return own.done.finally(() => {
      if (current === own) current = null
    })
  }
}

/** Nothing renews these tokens, as far as is known by now. */
function isFinal({ session }: Vault, asked: Session): boolean {
  const { renewable, spendUnknown } = session && isSameGrant(session, asked) ? session : asked
  return !renewable || spendUnknown
}

/** A wall clock that was put forward ends nothing: the server is asked, and then the time counts by the other clock. */
async function isStillTaken(
  { vault, clock, client, askUser, emit }: EndTokenOptions,
  asked: Session,
): Promise<boolean> {
  const age = clock.monotonic() - asked.receivedMonotonic
  if (ageOf(asked, clock) < asked.lifetime) return true
  if (age >= asked.lifetime || !client.getUser || !asked.identified) return false
  try {
    await askUser(asked)
  } catch (thrown) {
    // put back meanwhile; or no answer came, and the time is over by what this device knows
    return ageOf(asked, clock) < asked.lifetime && toAuthError(thrown).code !== 'session-expired'
  }
  if (!isSameGrant(vault.session, asked) || !vault.session) return true
  const counted = { ...vault.session, receivedAt: clock.now() - age }
  vault.set(counted)
  emit({ type: 'session.confirmed', session: toView(counted) })
  return true
}
