import type { AuthFact, EndReason } from '../machine/types.ts'
import { isSameGrant, type Session } from '../session/session.ts'
import { generationOf, type Stored } from '../session/stored.ts'
import type { Persistence } from '../storage/persistence.ts'
import type { Vault } from '../vault.ts'
import { isWhole, lastOf, type Endings } from './endings.ts'

/** How a session ends: here at once, then in the storage and in the other tabs. */
export interface Ending {
  /** A record that is read now is about to go. */
  readonly isRemoving: () => boolean
  /** Removes the record of such a session, and has everything look at what is there then. */
  readonly endStored: Persistence['end']
  /** Empties the vault; a record or a message that still shows what was in it is late. */
  readonly take: (reason: EndReason) => Session | null
  readonly forget: (session: Session, reason: EndReason) => Promise<void>
  /** These tokens are over. `isHere`: other tabs may go on with what is stored. */
  readonly endTokens: (session: Session, reason: EndReason, isHere?: boolean) => Promise<void>
  /** The held session is over. */
  readonly endHeld: (reason: EndReason) => Promise<void>
}

export interface EndingOptions {
  readonly vault: Vault
  readonly persistence: Persistence
  readonly endings: Endings
  readonly emit: (fact: AuthFact) => void
  readonly broadcast: () => void
  readonly look: () => Promise<void>
}

export function createEnding({ vault, persistence, endings, emit, broadcast, look }: EndingOptions): Ending {
  let removals = 0

  const endStored: Persistence['end'] = async (isMeant, ended) => {
    removals += 1
    await persistence.end(isMeant, ended)
    removals -= 1
    broadcast()
    // another tab may have signed in since
    void look()
  }

  function take(reason: EndReason): Session | null {
    const session = vault.take()
    if (session) endings.upTo.set(session.id, lastOf(session, reason))
    return session
  }

  async function forget(session: Session, reason: EndReason): Promise<void> {
    const generation = lastOf(session, reason)
    const isMeant = (id: string, found: Stored): boolean => id === session.id && generationOf(found) <= generation
    await endStored(isMeant, { reason, user: session.user, generation })
  }

  async function endHeld(reason: EndReason, isHere = false): Promise<void> {
    const session = take(reason)
    if (!session) return
    if (isHere) endings.left.add(session.id)
    emit({ type: 'session.ended', ended: { reason, user: session.user } })
    if (!isHere) await forget(session, reason)
  }

  return {
    isRemoving: () => removals > 0,
    endStored,
    take,
    forget,
    async endTokens(session, reason, isHere) {
      // another tab may be further
      if (!isWhole(reason)) await look()
      const isHeld = isWhole(reason) ? vault.session?.id === session.id : isSameGrant(vault.session, session)
      await (isHeld ? endHeld(reason, isHere) : forget(session, reason))
    },
    endHeld,
  }
}
