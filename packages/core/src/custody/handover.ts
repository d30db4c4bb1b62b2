import type { SessionView } from '../machine/types.ts'
import type { Session } from '../session/session.ts'
import type { Persistence } from '../storage/persistence.ts'
import type { Vault } from '../vault.ts'
import type { Endings } from './endings.ts'
import type { Revoke } from './sign-out.ts'
import type { Tombstones } from './tombstones.ts'

/** From one session to the next: a sign-in of this tab is durable before it is told, or is undone. */
export interface Handover {
  /** Stores a session, and tells of it if it is still wanted then; else puts back what was there. True: it was told. */
  readonly persistSignIn: (session: Session, isWanted: () => boolean, tell: () => void) => Promise<boolean>
  /** The session that is being stored, until it is held or put back. */
  readonly storing: () => string | null
  /** Resolves when that is done. */
  readonly stored: () => Promise<void>
  /** What another tab did meanwhile is looked at when that is done. */
  readonly invalidate: () => void
  /** Takes the pending session into the vault. */
  readonly hold: (session: SessionView) => void
  /** As hold, after a sign-in of this tab: the session it takes the place of is revoked. */
  readonly replace: (session: SessionView) => void
}

export interface HandoverOptions {
  readonly vault: Vault
  readonly persistence: Persistence
  readonly endings: Endings
  readonly tombstones: Tombstones
  readonly revoke: Revoke
  readonly broadcast: () => void
  readonly look: () => Promise<void>
}

export function createHandover(options: HandoverOptions): Handover {
  const { vault, persistence, endings, revoke, broadcast, look } = options
  let pending: { readonly id: string; readonly done: Promise<void>; isStale: boolean } | null = null

  async function store(session: Session, isWanted: () => boolean, tell: () => void): Promise<boolean> {
    const undo = await persistence.put(session, isWanted)
    if (isWanted()) {
      vault.setPending(session)
      tell()
      return true
    }
    endings.upTo.set(session.id, Infinity)
    options.tombstones.noteUndone(session.id)
    await undo((id) => endings.upTo.has(id))
    // other tabs may have taken it up, and what was put back may be a sign-in of one of them
    broadcast()
    if (pending) pending.isStale = true
    return false
  }

  function hold({ id }: SessionView): void {
    const next = vault.takePending(id)
    if (next) vault.set(next)
  }

  return {
    async persistSignIn(session, isWanted, tell) {
      // one after the other, or the one that was given up would be put back
      while (pending) await pending.done
      if (!isWanted()) return false
      const storing = store(session, isWanted, tell)
      const done = storing.then(
        () => {},
        () => {},
      )
      const own = { id: session.id, done, isStale: false }
      pending = own
      try {
        return await storing
      } finally {
        pending = null
        if (own.isStale) void look()
      }
    },
    storing: () => pending?.id ?? null,
    stored: async () => pending?.done,
    invalidate() {
      if (pending) pending.isStale = true
    },
    hold,
    replace(session) {
      const before = vault.session
      hold(session)
      broadcast()
      if (!before || before.id === session.id) return
      endings.upTo.set(before.id, Infinity)
      void revoke(before)
    },
  }
}
