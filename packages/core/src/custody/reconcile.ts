import type { AuthFact } from '../machine/types.ts'
import { toView, type SessionRules, isAnotherUser } from '../session/session.ts'
import { generationOf, type Stored } from '../session/stored.ts'
import type { Persistence } from '../storage/persistence.ts'
import type { Vault } from '../vault.ts'
import { compare, type Finding } from './compare.ts'
import type { Ending } from './end.ts'
import type { Endings } from './endings.ts'
import type { Handover } from './handover.ts'
import type { Tombstones } from './tombstones.ts'

/** Brings this tab to what is stored. */
export interface Reconciler {
  /** Takes up what differs. True: another session is held now, or none. */
  readonly reconcile: (stored: Stored | null) => boolean
  /** Reads the record again and takes up what differs. */
  readonly look: () => Promise<void>
  readonly isRestoring: () => boolean
  /** The stored session was looked for: what other tabs did meanwhile is looked at now. */
  readonly restored: () => void
}

export interface ReconcilerOptions {
  readonly vault: Vault
  readonly rules: SessionRules
  readonly persistence: Persistence
  readonly endings: Endings
  readonly ending: Ending
  readonly handover: Handover
  readonly tombstones: Tombstones
  readonly emit: (fact: AuthFact) => void
}

export function createReconciler(options: ReconcilerOptions): Reconciler {
  const { vault, rules, persistence, endings, ending, handover } = options
  let isRestoring = true
  let isStale = false

  function reconcile(stored: Stored | null): boolean {
    const finding = compare(stored, {
      held: vault.session,
      isRestoring,
      storing: handover.storing(),
      isRemoving: ending.isRemoving(),
      isAlive: options.tombstones.isAlive,
      endedUpTo: (id) => endings.upTo.get(id) ?? -1,
      isLeft: (id) => endings.left.has(id),
      isSameUser: (one, other) => !isAnotherUser(one, other, rules),
    })
    if (finding.type !== 'postponed') return take(options, finding)
    if (isRestoring) isStale = true
    else handover.invalidate()
    return false
  }

  async function look(): Promise<void> {
    try {
      reconcile(await persistence.read())
    } catch {
      // a storage that does not say changes nothing
    }
  }

  return {
    reconcile,
    look,
    isRestoring: () => isRestoring,
    restored() {
      isRestoring = false
      if (isStale) void look()
      isStale = false
    },
  }
}

/** Does what a finding asks for. True: another session is held now, or none. */
function take({ vault, endings, ending, emit }: ReconcilerOptions, finding: Finding): boolean {
  switch (finding.type) {
    case 'nothing':
    case 'postponed':
      return false
    case 'revived': {
      const { id, generation } = finding.session
      endings.left.add(id)
      void ending.endStored((other, found) => other === id && generationOf(found) <= generation, null)
      return false
    }
    case 'signedOut':
      emit({ type: 'tabs.signedOut' })
      return true
    case 'userMismatch':
      void ending.endHeld('user-mismatch')
      return true
    case 'ended':
      ending.take(finding.ended.reason)
      emit({ type: 'session.ended', ended: finding.ended })
      return true
    case 'signedIn':
      vault.setPending(finding.session)
      emit({ type: 'tabs.signedIn', session: toView(finding.session) })
      return true
    case 'renewed':
    case 'unmarked':
      vault.set(finding.session)
      emit({ type: 'session.renewed', session: toView(finding.session) })
      return true
  }
}
