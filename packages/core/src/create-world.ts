import { createBroker } from './broker.ts'
import { createConnection, overhear, type Connection } from './connection.ts'
import { createEndToken } from './end-token.ts'
import type { Hands } from './effects/provide.ts'
import { AuthError, toAuthError } from './errors.ts'
import { ageLimitsOf } from './guards.ts'
import type { AuthFact, EndReason } from './machine/types.ts'
import { readOptions, type Settings } from './options.ts'
import { createPersistence, generationOf } from './persistence.ts'
import { browserTabs, queuesOfThisPage } from './ports/tabs.ts'
import { report as reportThrown } from './report.ts'
import { isAnotherUser, isSameGrant, keepSame, toView, type Held, type SessionRules, type Stored } from './session.ts'
import { withTimeout } from './timeout.ts'
import { createTombstones } from './twin.ts'
import type {
  AuthOptions,
  AuthStorage,
  Capabilities,
  Guards,
  Network,
  Persistence,
  Revoked,
  TabHint,
  Tabs,
} from './types.ts'
import { createVault } from './vault.ts'
import { createWaking } from './waking.ts'
import type { World } from './world.ts'

/** The world and what the chart's actions do to it. */
interface InnerWorld extends World, Hands {
  readonly persistenceAtStart: Persistence
  readonly connection: Connection
  readonly capabilities: () => Capabilities
  /** A guard was asked about a user that only the storage names. True: the server is asked. */
  readonly confirm: () => boolean
  readonly settings: Settings
  readonly isSameUser: (one: unknown, other: unknown) => boolean
  readonly destroyed: Promise<void>
  destroy(): void
}

/** A tab that is alone: no other tab listens, and only what others can see needs a lock that others respect. */
function noTabs(scope: AuthStorage['scope']): Tabs {
  const lock = scope === 'memory' ? queuesOfThisPage() : browserTabs().lock
  return { lock, open: () => ({ post() {}, close() {} }) }
}

/** A port of the app that throws costs what it would have said, and nothing else. */
function guardNetwork(network: Network): Network {
  let isReported = false
  const attempt = <T>(ask: () => T, otherwise: T): T => {
    try {
      return ask()
    } catch (error) {
      if (!isReported) reportThrown(error)
      isReported = true
      return otherwise
    }
  }
  return {
    isOnline: () => attempt(() => network.isOnline(), true),
    onWake(listener) {
      const stop: unknown = attempt(() => network.onWake(listener), undefined)
      return () => void (typeof stop === 'function' && attempt(() => stop() as unknown, undefined))
    },
  }
}

/** A word about the sign-in itself, and not about its tokens up to some generation. */
function isWhole(reason: EndReason): boolean {
  return !['session-expired', 'refresh-indeterminate', 'access-token-expired'].includes(reason)
}

const endOf = (held: Held, reason: EndReason): number => (isWhole(reason) ? Infinity : held.generation)

/** This user had signed in by then. */
const isEarlier = (stored: Stored, time: number): boolean =>
  stored.kind === 'session' && (stored.held.signedInAt ?? 0) < time

export function createWorld(options: AuthOptions<unknown, unknown, unknown>): InnerWorld {
  const settings = readOptions(options)
  const { clock, storage, key, place, requestTimeout, signOutTimeout, storageTimeout, userId } = settings
  const isAlone = settings.tabs === false || (settings.tabs === undefined && storage.scope !== 'shared')
  const tabs = isAlone ? noTabs(storage.scope) : settings.tabs || browserTabs()
  const own = guardNetwork(settings.network)
  const connection = createConnection(clock, own.isOnline)
  const network: Network = { ...own, isOnline: connection.isOnline }
  const client = overhear(settings.client, connection, (error) => warn(error))
  const rules: SessionRules = {
    clock,
    random: settings.random,
    refreshBefore: settings.refreshBefore,
    canRefresh: client.refresh !== undefined,
    userId,
    issuer: settings.origin ?? null,
  }
  const vault = createVault()
  const tombstones = createTombstones(storage.twin, key)
  // made when it is asked for: some runtimes allow none while a module is evaluated
  let controller: AbortController | undefined
  const lifetime = (): AbortController => (controller ??= new AbortController())
  const reports = new Set<(fact: AuthFact) => void>()
  const posts = new Set<(hint: TabHint) => void>()
  /** Sessions that ended here, up to which generation: a record or a message that still shows one is late. */
  const endedIds = new Map<string, number>()
  const warned = new Set<string>()
  /** Those that another tab has put back, giving up a sign-in: ended again once, for a storage may lie. */
  const endedAgain = new Set<string>()
  /** A record that is read before it has been removed is about to go. */
  let ending = 0
  let isLost = false
  /** The session that was to be renewed, for nothing else says who it is; once is enough to find out whether that does. */
  let renewedFor: string | null = null
  let isRenewalAsked = false
  let restoring: 'under way' | 'missed something' | 'done' = 'under way'

  const report = (fact: AuthFact): void => {
    for (const listener of reports) listener(fact)
  }
  const post = (): void => {
    for (const listener of posts) {
      try {
        listener({ generation: vault.generation })
      } catch {
        // a tab that misses a hint reads the record when it wakes up
      }
    }
  }
  const warn = (warning: AuthError): void => {
    if (controller?.signal.aborted) return
    try {
      if (options.onWarning) return options.onWarning(warning)
    } catch {
      return // the app's to mend; nothing here depends on it
    }
    if (!warned.has(warning.code)) console.warn(`[authchart] ${warning.code}: ${warning.message}`)
    warned.add(warning.code)
  }
  const persistence = createPersistence({
    storage,
    key,
    rules,
    timeout: storageTimeout,
    lifetime: () => lifetime().signal,
    // what ended here is this page's own to remove
    isOver: (id) => tombstones.has(id) && !endedIds.has(id),
    onOver: (held) => void endBuried(held),
    onLost: (error) => {
      if (storage.scope === 'memory') return
      isLost = true
      warn(error)
      report({ type: 'storage.lost' })
    },
    onBack: () => {
      isLost = false
      report({ type: 'storage.back' })
    },
    onLate: post,
    onKnown: () => void world.look(),
  })

  async function tell(held: Held, keepalive = false): Promise<Revoked> {
    const signOut = client.signOut?.bind(client)
    if (!signOut) return 'no'
    try {
      await withTimeout(clock, signOutTimeout, (signal) => signOut(held, { signal, ...(keepalive && { keepalive }) }))
      return 'yes'
    } catch (thrown) {
      const { code, status = 0 } = toAuthError(thrown, 'network')
      const isRefused = (status >= 400 && status < 500) || code === 'offline' || code === 'not-authenticated'
      return isRefused ? 'no' : 'unknown'
    }
  }

  const endStored: typeof persistence.end = async (isMeant, ended) => {
    ending += 1
    const found = await persistence.end(isMeant, ended)
    ending -= 1
    post()
    // another tab may have signed in since
    void world.look()
    return found
  }

  /** It is not known yet what is stored. */
  const isUnread = (): boolean => restoring !== 'done' || persistence.isUnknown()

  async function revokeSession(held: Held | null): Promise<Revoked> {
    // if it is not known what is stored, all that was there is meant, and no sign-in that came later. Else, with no session
    // held, only the word of an ended session is
    const isAnyMeant = isUnread()
    const [last, now] = [tombstones.latest(), clock.now()]
    const isMeant = (id: string, found: Stored): boolean => {
      if (held) return id === held.id
      if (id === world.establishing?.id || id === vault.held?.id) return false
      return found.kind === 'ended' || (isAnyMeant && (id === last || isEarlier(found, now)))
    }
    // at once, and beside the storage: the page may be about to close
    const told = held && tell(held, true)
    const stored = await endStored(isMeant, null)
    if (told) return told
    const isFound = stored?.kind === 'session' && isMeant(stored.held.id, stored)
    if (!isFound) return 'no'
    endedIds.set(stored.held.id, Infinity)
    return tell(stored.held)
  }

  /** A sign-out whose page may have closed before the record was gone: this page does the rest. */
  async function endBuried(held: Held): Promise<void> {
    endedIds.set(held.id, Infinity)
    // where another tab signs out it tells the server itself
    if (vault.held?.id !== held.id) void tell(held)
    await endStored((id) => id === held.id, null)
  }

  /** Empties the vault at once; storage and other tabs follow. */
  function take(reason: EndReason): Held | null {
    const held = vault.take()
    if (held) endedIds.set(held.id, endOf(held, reason))
    return held
  }

  async function forget(held: Held, reason: EndReason): Promise<void> {
    const last = endOf(held, reason)
    const upTo = last < Infinity && { generation: last }
    const isMeant = (id: string, found: Stored): boolean => id === held.id && generationOf(found) <= last
    await endStored(isMeant, { reason, user: held.user, ...upTo })
  }

  /** `isHere`: other tabs may go on with what is stored. */
  async function endTokens(held: Held, reason: EndReason, isHere = false): Promise<void> {
    // another tab may be further
    if (!isWhole(reason)) await world.look()
    const isHeld = isWhole(reason) ? vault.held?.id === held.id : isSameGrant(vault.held, held)
    if (isHeld && isHere) {
      endedAgain.add(held.id)
      take(reason)
      return report({ type: 'session.ended', ended: { reason, user: held.user } })
    }
    await (isHeld ? endHeld(reason) : forget(held, reason))
  }

  async function endHeld(reason: EndReason): Promise<void> {
    const held = take(reason)
    if (!held) return
    report({ type: 'session.ended', ended: { reason, user: held.user } })
    await forget(held, reason)
  }

  function observe(stored: Stored | null): boolean {
    if (restoring !== 'done') {
      restoring = 'missed something'
      return false
    }
    const { held } = vault
    // what was taken up from there, and is there no more, has been given up by the tab that began it
    const isGone = stored?.kind === 'ended' && held?.attempt === null && held.id !== stored.id
    if (stored === null || isGone) {
      if (held) report({ type: 'tabs.signedOut' })
      return held !== null
    }
    if (stored.kind === 'foreign' || ending > 0) return false
    if (stored.kind === 'ended') {
      if (held?.id !== stored.id || held.generation > stored.generation) return false
      take(stored.ended.reason)
      report({ type: 'session.ended', ended: stored.ended })
      return true
    }
    const other = stored.held
    if (other.generation <= (endedIds.get(other.id) ?? -1)) {
      if (world.establishing || endedAgain.has(other.id)) return false
      endedAgain.add(other.id)
      const isMeant = (id: string, found: Stored): boolean => id === other.id && generationOf(found) <= other.generation
      void endStored(isMeant, null)
      return false
    }
    if (held?.id !== other.id) {
      // a sign-in of this tab takes its place, or has lost its place to it: that is seen when it is stored
      if (world.establishing) {
        world.establishing.hasMissed ||= other.id !== world.establishing.id
        return false
      }
      vault.stage(other)
      report({ type: 'tabs.signedIn', session: toView(other) })
      return true
    }
    // the mark that left its token in doubt is gone: nothing was spent
    if (!stored.marked && isSameGrant(other, held) && isSameGrant(other, world.unknownSpend)) {
      world.unknownSpend = null
      report({ type: 'session.renewed', session: toView(held) })
      return true
    }
    // one whose owner is not known yet is left to the next renewal
    if (other.generation <= held.generation || !other.isNamed) return false
    // the same sign-in, renewed by another tab: its user comes along, whose role may be another one by now
    if (isAnotherUser(held.user, other.user, rules)) {
      void endHeld('user-mismatch')
      return true
    }
    const { attempt, userGeneration } = held
    const adopted = { ...other, attempt, user: keepSame(held.user, other.user), userGeneration }
    vault.hold(adopted)
    report({ type: 'session.renewed', session: toView(adopted) })
    return true
  }

  /** Back from the back-forward cache, as it was left: guards stay closed until it is known who is signed in now. */
  function doubt(): void {
    const { held } = vault
    // no answer could confirm it again
    if (!held || (!client.getUser && !held.renewable)) return
    renewedFor = null
    const doubted = { ...held, userGeneration: 0 }
    vault.hold(doubted)
    report({ type: 'session.doubted', session: toView(doubted) })
  }

  let settleDestroyed = (): void => {}
  const destroyed = new Promise<void>((resolve) => (settleDestroyed = resolve))

  const world: InnerWorld = {
    client,
    clock,
    rules,
    vault,
    persistence,
    network,
    tabs,
    place,
    requestTimeout,
    storageTimeout,
    get lifetime() {
      return lifetime().signal
    },
    ageLimits: ageLimitsOf(options.guards as Guards<never> | undefined),
    persistenceAtStart: storage.scope === 'memory' ? 'memory' : 'stored',
    connection,
    capabilities: () => {
      const { locks = 'page', broadcast = false } = isAlone ? {} : (tabs.capabilities?.() ?? {})
      return { locks, broadcast, persistence: isLost ? 'memory' : storage.scope }
    },
    settings,
    isSameUser: (one, other) => !isAnotherUser(one, other, rules),
    confirm() {
      const { held } = vault
      if (client.getUser) return true
      if (!held?.renewable || held.userGeneration > 0 || renewedFor === held.id) return isRenewalAsked
      renewedFor = held.id
      isRenewalAsked = true
      queueMicrotask(() => {
        isRenewalAsked = false
        report({ type: 'expiry.due' })
      })
      return true
    },
    isOver: (id) => endedIds.has(id),
    giveUp: (id) => void endedIds.set(id, Infinity),
    establishing: null,
    unknownSpend: null,
    endToken: createEndToken(() => world),
    look: () =>
      persistence.read().then(
        (stored) => void observe(stored),
        () => {},
      ),
    restored() {
      const hasMissed = restoring === 'missed something'
      restoring = 'done'
      if (hasMissed) void world.look()
    },
    revocation: null,
    report,
    onReport(listener) {
      reports.add(listener)
      return () => reports.delete(listener)
    },
    post,
    onPost(listener) {
      posts.add(listener)
      return () => posts.delete(listener)
    },
    observe,
    tell,
    warn: (error) => warn(typeof error === 'string' ? new AuthError(error) : error),
    waking: createWaking({
      held: () => vault.held,
      tombstones,
      clock,
      timeout: storageTimeout,
      lifetime: () => lifetime().signal,
      async read() {
        // of a storage that had failed before nothing is to be learned
        const wasLost = isLost
        try {
          return await persistence.read()
        } catch (error) {
          if (wasLost) return undefined
          throw error
        }
      },
      observe,
      hide({ id }) {
        report({ type: 'tabs.signedOut' })
        // the page that signed out may not have come to the record: what is still there is removed
        if (tombstones.has(id)) endedIds.delete(id)
        else endedAgain.add(id)
      },
      show({ id }) {
        if (!endedAgain.delete(id)) return
        endedIds.delete(id)
      },
      doubt,
    }),
    endHeld,
    hold({ id }) {
      const next = vault.unstage(id)
      if (next) vault.hold(next)
    },
    replace(session) {
      const before = vault.held
      world.hold(session)
      post()
      if (!before || before.id === session.id) return
      endedIds.set(before.id, Infinity)
      void tell(before)
    },
    drop(reason) {
      const held = take(reason)
      if (reason === 'signed-out') {
        const id = held?.id ?? (isUnread() ? tombstones.latest() : null)
        if (id !== null) {
          tombstones.bury(id)
          endedIds.set(id, Infinity)
        }
        post()
        world.revocation = revokeSession(held)
      }
      if (held && reason !== 'signed-out' && reason !== 'signed-out-elsewhere') void forget(held, reason)
    },
    forgetEnded: () => void persistence.forgetEnded(),
    destroyed,
    destroy() {
      lifetime().abort()
      settleDestroyed()
      // a renewal on its way is not thrown away: its tokens are stored for the next page
      void world.broker.landed().then(vault.clear)
    },
    broker: createBroker({
      client,
      vault,
      persistence,
      rules,
      network,
      requestTimeout,
      isDoubtful: connection.isDoubtful,
      noteSpend: tombstones.noteSpend,
      mayBeSpent: tombstones.mayBeSpent,
      lock: async (work) => tabs.lock(place, work),
      stored: async () => world.establishing?.done,
      observe,
      onRenewed(session) {
        report({ type: 'session.renewed', session })
        post()
      },
      onEnded: endTokens,
      onUnmarked: post,
      onLost: (held) => void (world.unknownSpend = held),
      onStale: (held) => void tell(held),
    }),
  }
  let noted: string | null = null
  vault.onChange(() => {
    const id = vault.held?.id ?? null
    if (id !== null && id !== noted) tombstones.note(id)
    noted = id
  })
  return world
}
