import { toAuthError } from '../errors.ts'
import type { EndReason } from '../machine/types.ts'
import type { Session } from '../session/session.ts'
import type { Stored } from '../session/stored.ts'
import { withTimeout } from '../timeout.ts'
import type { AuthClient, Clock, Revoked } from '../types.ts'
import type { Vault } from '../vault.ts'
import type { Ending } from './end.ts'
import type { Endings } from './endings.ts'
import type { Tombstones } from './tombstones.ts'

export type Revoke = (session: Session, keepalive?: boolean) => Promise<Revoked>

/** Tells the server that a session is over, within the time limit, once. */
export function createRevoke(client: AuthClient, clock: Clock, timeout: number): Revoke {
  async function tell(session: Session, keepalive: boolean): Promise<Revoked> {
    const signOut = client.signOut?.bind(client)
    if (!signOut) return 'no'
    try {
      await withTimeout(clock, timeout, (signal) => signOut(session, { signal, ...(keepalive && { keepalive }) }))
      return 'yes'
    } catch (thrown) {
      const { code, status = 0 } = toAuthError(thrown, 'network')
      const isRefused = (status >= 400 && status < 500) || code === 'offline' || code === 'not-authenticated'
      return isRefused ? 'no' : 'unknown'
    }
  }

  const told = new WeakMap<Session, Promise<Revoked>>()
  return (session, keepalive = false) => {
    const known = told.get(session) ?? tell(session, keepalive)
    told.set(session, known)
    return known
  }
}

export interface SignOut {
  /** The sign-out under way, or the last one. */
  readonly revocation: Promise<Revoked> | null
  /** Empties the vault; what is stored and what the server knows of it follow. */
  readonly drop: (reason: EndReason) => void
  /** A sign-out whose page may have closed before the record was gone: this page does the rest. */
  readonly finish: (session: Session) => Promise<void>
}

export interface SignOutOptions {
  readonly vault: Vault
  readonly clock: Clock
  readonly endings: Endings
  readonly ending: Ending
  readonly tombstones: Tombstones
  readonly revoke: Revoke
  readonly broadcast: () => void
  /** It is not known yet what is stored. */
  readonly isUnread: () => boolean
  /** The session that a sign-in of this tab is storing. */
  readonly storing: () => string | null
}

export function createSignOut(options: SignOutOptions): SignOut {
  const { vault, endings, ending, tombstones, revoke } = options
  const signOut: { -readonly [K in keyof SignOut]: SignOut[K] } = {
    revocation: null,
    drop(reason) {
      // new tokens that are being stored go with what is held: this page could revoke them later only if it stayed open
      const { latest } = vault
      const held = ending.take(reason)
      const session = held && latest?.identified ? latest : held
      if (reason === 'signed-out') {
        const id = session?.id ?? (options.isUnread() ? tombstones.latest() : null)
        if (id !== null) {
          tombstones.bury(id)
          endings.upTo.set(id, Infinity)
        }
        options.broadcast()
        signOut.revocation = revokeSession(options, session)
      } else if (session && reason !== 'signed-out-elsewhere') void ending.forget(session, reason)
    },
    async finish(session) {
      endings.upTo.set(session.id, Infinity)
      // where another tab signs out it tells the server itself
      if (vault.session?.id !== session.id) void revoke(session)
      await ending.endStored((id) => id === session.id, null)
    },
  }
  return signOut
}

async function revokeSession(options: SignOutOptions, session: Session | null): Promise<Revoked> {
  const { vault, tombstones, revoke } = options
  // if it is not known what is stored, all that was there is meant, and no sign-in that came later. Else, with no session
  // held, only the word of an ended session is
  const isAnyMeant = options.isUnread()
  const [last, now] = [tombstones.latest(), options.clock.now()]
  // at once, and beside the storage: the page may be about to close
  let told = session && revoke(session, true)
  const isMeant = (id: string, found: Stored): boolean => {
    if (session) return id === session.id
    if (id === options.storing() || id === vault.session?.id) return false
    if (found.kind !== 'session') return true
    // a later sign-in is not meant; what ended here is, though it was left to the next page
    const isEarlier = isAnyMeant && (id === last || (found.session.signedInAt ?? 0) < now)
    if (!isEarlier && !options.endings.upTo.has(id)) return false
    // the storage may say late what it holds, and more than once
    options.endings.upTo.set(id, Infinity)
    told ??= revoke(found.session)
    return true
  }
  await options.ending.endStored(isMeant, null)
  return told ?? 'no'
}
