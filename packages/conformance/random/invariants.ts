/**
 * The eleven invariants of the campaign. I1 and I2 are watched by the server, the rest here: some at the moment
 * something happens, some after every step, some in the end. Whatever is wrong is a crime, and says which.
 */
import { isAuthenticated, type AuthError, type StoredRecord } from '@authchart/core'
import { drain } from '@authchart/core/testing'
import type { Page, Setup } from './page.ts'
import { createSimulation, type Hooks, type Simulation } from './simulation.ts'

const MINUTE = 60_000
const HOUR = 3_600_000
/** A page at work needs a few; more than this is a leak. */
const MOST_TIMERS = 25

type View = NonNullable<ReturnType<Page['auth']['actor']['getSnapshot']>['context']['session']>

export interface Watched extends Simulation {
  /** After every step. @throws with the first crime */
  readonly check: () => Promise<void>
  /** When nothing is on its way and nothing was lost. @throws with the first crime */
  readonly checkPeace: () => void
  /** Brings everything back, waits, closes it. `noneSignedOut`: every page has to be signed in. @throws with the first crime */
  readonly finish: (noneSignedOut?: boolean) => Promise<void>
}

export function watchedSimulation(setup: Setup, hooks: Pick<Hooks, 'turn'> = {}): Watched {
  /** The server's names of a session, by ours. */
  const sids = new Map<string, Set<string>>()
  /** Sessions that ended somewhere for a good reason, or gave way to another one. */
  const over = new Set<string>()
  /** Sessions that another sign-in has taken the place of in the storage. */
  const displaced = new Set<unknown>()
  /** Every generation of every session that was ever stored. */
  const durable = new Set<string>()
  /** Those of them whose owner was not known when they were stored. */
  const unnamed = new Set<string>()
  /** The page that stored a session first, until it shows it: it may still give it up. */
  const unborn = new Map<unknown, Page>()
  /** Until when the access token of a page's session is good, by the monotonic clock. */
  const deadlines = new WeakMap<Page, number>()
  const highestHints = { generation: 0, seen: 0 }

  const sim = createSimulation(setup, {
    ...hooks,
    onOpen: watchPage,
    onArrived: watchRequest,
    onStored(page, record, before) {
      if (record && page && !sids.has(record['id'] as string)) unborn.set(record['id'], page)
      if (record && !('ended' in record)) nameSession(record['id'] as string, record['accessToken'])
      const stored = `${String(record?.['id'])} ${generationOf(record)}`
      if (record) durable.add(stored)
      if (record?.['named'] === false) unnamed.add(stored)
      else unnamed.delete(stored)
      const isSame = record?.['id'] === before?.['id']
      if (record && before && !isSame) displaced.add(before['id'])
      displaced.delete(record?.['id'])
      if (isSame && generationOf(record) < generationOf(before)) crime('I7: the stored generation went down')
      // a sign-out while restoring, and a sign-in that is given up, end a session that the page never showed
      const isGivenUp = page === null || page.signOuts > 0 || page === unborn.get(before?.['id'])
      if (record === null && before && isGivenUp) over.add(before['id'] as string)
    },
  })
  const crime = (text: string): void => void sim.crimes.push(text)
  const { server } = sim
  const { facts, accounts } = server

  const generationOf = (record: StoredRecord | null): number => Number(record?.['generation'] ?? Infinity)

  function nameSession(id: string, token: unknown): void {
    const sid = typeof token === 'string' ? accounts.ownerOf(token)?.sid : undefined
    if (sid !== undefined) sids.set(id, (sids.get(id) ?? new Set()).add(sid))
  }

  /** A session that was over before its token could be seen is any of them. */
  const isAny = (id: string, known: ReadonlySet<string>): boolean =>
    [...(sids.get(id) ?? known)].some((sid) => known.has(sid))

  /** I5: a page that is signed out has a reason. */
  function isLicensed(page: Page, { id }: View, reason: string): boolean {
    if (reason === 'signed-out') return page.signOuts > 0
    if (reason === 'user-mismatch') return isAny(id, accounts.mixedUp)
    // a tab that has lost sight of the storage for good
    if (reason === 'access-token-expired') return page.auth.getState().persistence === 'memory'
    if (over.has(id) || displaced.has(id)) return true
    if (reason === 'session-expired') return isAny(id, facts.refused)
    if (reason === 'account-banned') return isAny(id, facts.banned)
    // a tab that saw the mark and lost sight of the storage cannot know what came of it
    const isBlind = page.auth.getState().persistence === 'memory' && isAny(id, facts.spent)
    return reason === 'refresh-indeterminate' && (isBlind || isAny(id, facts.unknown) || isLeftMarked(id))
  }

  /** A page died, or lost its storage, between the mark and the word that nothing was sent. */
  function isLeftMarked(id: string): boolean {
    const { record, by } = sim.stored()
    const isGone = by !== null && (!by.isAlive || by.isDestroyed || by.auth.getState().persistence === 'memory')
    return isGone && record?.['id'] === id && record['marked'] === true
  }

  function watchPage(page: Page): void {
    const { auth } = page
    let held: View | null = null
    auth.actor.subscribe(({ context: { session, ended } }) => {
      if (!page.isAlive) return
      const before = held
      held = session
      if (unborn.get(session?.id) === page) unborn.delete(session?.id)
      if (session && (session.id !== before?.id || session.generation !== before.generation)) {
        const isKept = durable.has(`${session.id} ${session.generation}`) || auth.getState().persistence === 'memory'
        if (!isKept) crime(`I7: page ${page.number} shows a generation that was never stored`)
        // a clock that was put back while it was being stored makes it look younger
        const left = Math.min(session.expiresAt - sim.clock.now(), HOUR)
        deadlines.set(page, sim.clock.monotonic() + left)
        // a good token is handed out as it is: nothing comes of asking
        if (left > 0)
          auth.getAccessToken().then(
            (token) => nameSession(session.id, token),
            () => {},
          )
      }
      if (before === null || session === before) return
      if (session?.id === before.id) {
        if (session.generation < before.generation) crime('I7: the generation went down')
        return
      }
      const reason = session ? 'replaced' : (ended?.reason ?? 'signed-out-elsewhere')
      if (session === null && !isLicensed(page, before, reason)) crime(`I5: page ${page.number} ended with ${reason}`)
      over.add(before.id)
    })
    auth.subscribe((state) => {
      if (page.isAlive) sim.watch.see('state', JSON.stringify(state))
    })
  }

  function watchRequest(page: Page, id: string, token: string | null): void {
    const sent = page.requests.get(id) ?? []
    if (sent.length > 2) crime('I8: a request was sent three times')
    if (sent.length === 2 && sent[0] === sent[1]) crime('I8: a request was sent again with the same token')
    if (token === null) return
    const shown = page.auth.actor.getSnapshot().context.session
    if (shown === null) crime('I3: a request carries a token though no user is signed in')
    else if (accounts.ownerOf(token)?.id !== idOf(shown.user)) crime('I3: a request carries the token of another user')
  }

  const isWorking = (page: Page): boolean => page.isAlive && !page.isDestroyed
  const isQuiet = (): boolean => sim.pages.every((page) => !page.isHeld && page.waiting() === 0)

  async function checkTokens(page: Page): Promise<void> {
    const state = page.auth.getState()
    const { session } = page.auth.actor.getSnapshot().context
    const isSignedIn = isAuthenticated(state)
    const isOut = ['anonymous', 'signedOut', 'signingOut', 'expired'].includes(state.status)
    const isGood = session !== null && sim.clock.now() < session.expiresAt
    if (!isOut && !(isSignedIn && isGood && sim.clock.monotonic() < (deadlines.get(page) ?? 0))) return
    const asked = page.auth.getAccessToken().catch((error: AuthError) => {
      // tokens whose owner is not known go to no request, and what would replace them is lost
      const isNamed = !unnamed.has(`${session?.id} ${session?.generation}`)
      if (error.code === 'refresh-indeterminate' && !isNamed) return 'not identified'
      if (error.code !== 'storage-unavailable') throw error
      return 'none in time'
    })
    const token = await Promise.race([asked, drain().then(() => 'none in time')])
    if (page.auth.getState().status !== state.status || token === 'not identified') return
    // a page that has woken up hands out nothing before it has read the record
    if (token === 'none in time' && (page.isHeld || page.isBroken || page.waiting() > 0)) return
    if (isOut && token !== null) crime(`I4: page ${page.number} is ${state.status} and hands out a token`)
    const owner = token === null ? null : accounts.ownerOf(token)
    if (isSignedIn && owner?.id !== state.user.id)
      crime(`I3: page ${page.number} shows one user and holds another's token`)
    if (isSignedIn && session && token) nameSession(session.id, token)
  }

  const left = new WeakSet<Page>()

  function checkPage(page: Page): void {
    const { auth, number } = page
    const state = auth.getState()
    if (auth.can('isEditor')) {
      const names = sids.get(auth.actor.getSnapshot().context.session?.id ?? '') ?? page.told.keys()
      // what another page was told comes along with the tokens, where the server cannot be asked, and outlives that page
      const pages = setup.hasGetUser ? [page] : sim.allPages()
      const isTold =
        isAuthenticated(state) && [...names].some((sid) => pages.some(({ told }) => told.get(sid) === 'editor'))
      // what the server has just said of the user is shown when the new tokens are stored: a disk that is held delays it
      if (!isTold && !page.isHeld) crime(`I6: page ${number} opens a guard that the server did not open`)
    }
    if (page.timers.size > MOST_TIMERS) crime(`I9: page ${number} has ${page.timers.size} timers`)
    const { record, isSecret } = sim.stored()
    const isOut = ['anonymous', 'signedOut', 'expired'].includes(state.status)
    const isStoring = state.persistence === 'stored' && !page.isBroken
    // a page that cannot reach the storage any more leaves the record to the next one
    const isGivenUp = state.status === 'expired' && state.reason === 'access-token-expired'
    if (isGivenUp && (page.isHeld || page.isBroken)) left.add(page)
    // to dismiss what the page says of it is no sign-out
    else if (!isGivenUp && state.status !== 'anonymous') left.delete(page)
    if (isOut && isStoring && record && !('ended' in record) && !isSecret && !left.has(page) && isQuiet())
      crime(`I4: page ${number} is ${state.status} and a session is stored`)
  }

  function checkDestroyed({ number, timers, network, wires, waiting }: Page): void {
    if (waiting() > 0) return
    if (timers.size > 0) crime(`I9: page ${number} is destroyed and has ${timers.size} timers`)
    if (network.listeners > 0) crime(`I9: page ${number} is destroyed and listens`)
    if (wires() > 0) crime(`I9: page ${number} is destroyed and has an open wire`)
  }

  function checkHints(): void {
    // one browser's pages post what is highest in each of them: between them it may go down, below zero it may not
    for (const { generation } of sim.browser.hints.slice(highestHints.seen)) {
      if (!Number.isSafeInteger(generation) || generation < 0) crime('I7: a hint without a generation')
    }
    highestHints.seen = sim.browser.hints.length
  }

  function confront(): void {
    const [leak] = sim.watch.leaks
    const first = facts.crimes[0] ?? sim.crimes[0] ?? (leak === undefined ? null : `I10: a secret shows in ${leak}`)
    if (first) throw new Error(first)
  }

  async function check(): Promise<void> {
    for (const page of sim.pages) {
      if (page.isDestroyed) checkDestroyed(page)
      else if (isWorking(page)) {
        await checkTokens(page)
        checkPage(page)
      }
    }
    checkHints()
    confront()
  }

  function checkPeace(): void {
    const { record } = sim.stored()
    for (const page of sim.pages) {
      const { session } = page.auth.actor.getSnapshot().context
      // a tab that was outrun again and again has given up on the storage
      if (!isWorking(page) || session === null || page.auth.getState().persistence === 'memory') continue
      const isStored = session.id === record?.['id'] && session.generation === record['generation']
      if (!isStored) crime(`page ${page.number} shows what is not stored`)
    }
    const known = new Set([...sids.values()].flatMap((own) => [...own]))
    for (const sid of accounts.living()) if (!known.has(sid)) crime(`no page has got ${sid} and it lives`)
    confront()
  }

  async function finish(noneSignedOut = false): Promise<void> {
    for (const page of sim.pages) {
      if (page.isHeld) page.tab.releaseStorage()
      page.isHeld = false
    }
    server.heal()
    for (const { network } of sim.pages) network.goOnline()
    await sim.pass(2 * HOUR)
    await check()
    // a guard that was asked just now may have begun a renewal
    await sim.pass(MINUTE)
    for (const page of sim.pages) {
      const { status } = page.auth.getState()
      const isSettled = ['anonymous', 'authenticated', 'expired', 'signedOut'].includes(status)
      if (noneSignedOut && status !== 'authenticated')
        crime(`I5: page ${page.number} is ${status} though no user signed out`)
      if (isWorking(page) && !isSettled) crime(`I11: page ${page.number} is still ${status}`)
      confrontPending(page, 'with the network back')
      page.auth.destroy()
      page.isDestroyed = true
    }
    await sim.pass(HOUR)
    for (const page of sim.pages) confrontPending(page, 'after destroy')
    await check()
  }

  function confrontPending(page: Page, when: string): void {
    const pending = page.kept.find(({ outcome }) => outcome === 'pending')
    if (pending) crime(`I11: ${pending.what} of page ${page.number} is pending ${when}`)
  }

  return Object.assign(sim, { check, checkPeace, finish })
}

const idOf = (user: unknown): unknown => (user as { readonly id?: unknown } | null)?.id
