import type { AuthFact } from '../machine/types.ts'
import type { Settings } from '../options.ts'
import { createEmitter } from '../report.ts'
import { toView } from '../session/session.ts'
import { createPersistence, type Persistence } from '../storage/persistence.ts'
import type { Surroundings } from '../surroundings.ts'
import type { TabHint } from '../types.ts'
import { createVault } from '../vault.ts'
import { createAskUser } from './ask-user.ts'
import { createBroker, type Broker, type BrokerOptions } from './broker.ts'
import { createConfirmation } from './confirmation.ts'
import { createEnding } from './end.ts'
import { createEndToken } from './end-token.ts'
import type { Endings } from './endings.ts'
import { createHandover } from './handover.ts'
import { createReconciler } from './reconcile.ts'
import { createRevoke, createSignOut } from './sign-out.ts'
import { createTolerance } from './tolerance.ts'
import { createTombstones, noteSeen } from './tombstones.ts'
import { createWaking } from './waking.ts'

/** Makes the rooms of custody and joins them. Facts come out by `on`, hints for other tabs by `onBroadcast`. */
export function createCustody(settings: Settings, surroundings: Surroundings) {
  const { clock, client } = surroundings
  const { storage, key } = settings
  const vault = createVault()
  const tombstones = createTombstones(storage, key)
  const endings: Endings = { upTo: new Map(), left: new Set() }
  const { emit, on } = createEmitter<AuthFact>()
  const hints = createEmitter<TabHint>()
  const broadcast = (): void => hints.emit({ generation: vault.generation })
  const look = (): Promise<void> => reconciler.look()
  const revoke = createRevoke(client, clock, settings.signOutTimeout)
  const joined = { ...surroundings, vault, tombstones, endings, emit, broadcast, look, revoke }

  const persistence: Persistence = createPersistence({
    ...surroundings,
    storage,
    key,
    // what ended here is this page's own to remove
    isOver: (id) => tombstones.has(id) && !endings.upTo.has(id),
    onOver: (session) => void signOut.finish(session),
    onMissed: (session) => void revoke(session),
    onLost(error) {
      if (storage.scope === 'memory') return
      surroundings.warn(error)
      emit({ type: 'storage.lost' })
    },
    onBack: () => emit({ type: 'storage.back' }),
    onLate: broadcast,
    onKnown: () => void look(),
  })
  const stored = { ...joined, persistence }
  const ending = createEnding(stored)
  const handover = createHandover(stored)
  const reconciler = createReconciler({ ...stored, ending, handover })
  const isUnread = (): boolean => reconciler.isRestoring() || persistence.isUnknown()
  const signOut = createSignOut({ ...stored, ending, isUnread, storing: handover.storing })
  const askUser = createAskUser({ ...stored, endHeld: ending.endHeld })
  const endToken = createEndToken({ ...stored, askUser })
  const { confirm, invalidate } = createConfirmation(stored)
  const tolerance = createTolerance(client.replay, clock)
  const { reconcile, restored } = reconciler
  const waking = createWaking({ ...stored, reconcile, invalidate })
  const broker = brokerOf({ ...stored, tolerance, reconcile, stored: handover.stored }, ending.endTokens)
  noteSeen(vault, tombstones)
  const parts = { ending, handover, signOut, askUser, endToken, confirm, tolerance, waking, broker, restored }
  return { ...stored, ...parts, on, onBroadcast: hints.on }
}

type Told = 'onStep' | 'onRenewed' | 'onEnded' | 'onUnreachable' | 'onUnmarked' | 'onStale'

interface BrokerParts extends Omit<BrokerOptions, Told> {
  readonly emit: (fact: AuthFact) => void
  readonly broadcast: () => void
  readonly look: () => Promise<void>
  readonly revoke: ReturnType<typeof createRevoke>
}

function brokerOf(parts: BrokerParts, endTokens: ReturnType<typeof createEnding>['endTokens']): Broker {
  const { vault, persistence, emit, broadcast, look, revoke } = parts
  return createBroker({
    ...parts,
    onStep: (step) => emit({ type: 'refresh.stepped', step }),
    onRenewed() {
      if (vault.session) emit({ type: 'session.renewed', session: toView(vault.session) })
      broadcast()
    },
    onEnded: endTokens,
    onUnreachable(session) {
      persistence.leave()
      // in other tabs it may go on where this one cannot see it
      return endTokens(session, 'access-token-expired', true)
    },
    onUnmarked() {
      broadcast()
      // this tab may have given up waiting for the answer
      void look()
    },
    onStale: (session) => void revoke(session),
  })
}
