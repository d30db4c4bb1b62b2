/** What must hold, a sentence and a check each. The server itself watches that no token is spent twice. */
import type { Move } from './moves.ts'
import type { Pages } from './pages.ts'
import { isGood, sessionOf } from './server.ts'
import { shownIn, type Session, type Shown, type State } from './state.ts'

interface Change {
  readonly before: State
  readonly after: State
  readonly move: Move
  readonly pages: Pages
}

interface Invariant {
  readonly sentence: string
  readonly isBroken: (change: Change) => boolean
}

const sessionBy = ({ sessions }: State, id: string | null): Session | null =>
  sessions.find((session) => id !== null && session.id === id) ?? null

/** What each tab showed and shows. */
function shownBefore({ before, after, pages }: Change): { was: Shown | null; is: Shown | null; tab: number }[] {
  return after.tabs.map((_, tab) => ({ was: shownIn(before, tab, pages), is: shownIn(after, tab, pages), tab }))
}

/** The user has left, another sign-in came, or a mark says that the newest token may be spent. */
function isDoubtful({ disk }: State, { isAlive, isLeft, isReplaced, id, tokens }: Session): boolean {
  const isAbout = disk !== null && disk.id === id && disk.generation === tokens.length
  const isMarked = isAbout && (disk.marked === true || disk.ended === 'refresh-indeterminate')
  return !isAlive || isLeft || isReplaced || isMarked
}

/** Nothing is on its way, and nothing was kept from anybody. */
const isQuiet = ({ tabs, lock, orphans }: State, pages: Pages): boolean =>
  lock.length === 0 &&
  orphans.length === 0 &&
  tabs.every(({ place, hints }) => hints.length === 0 && (place === null || pages.at(place).open.length === 0))

export const invariants: readonly Invariant[] = [
  {
    sentence: 'a tab whose token the server has not seen goes on showing its user',
    isBroken: (change) =>
      shownBefore(change).some(({ was, is }) => {
        if (!was?.id || !is || is.id === was.id) return false
        const session = sessionBy(change.before, was.id)
        return session?.tokens.length === was.generation && !isDoubtful(change.before, session)
      }),
  },
  {
    sentence: 'stored tokens that the server has not seen are not thrown away',
    isBroken: ({ before, after, pages }) => {
      const { disk } = before
      // a page that shows the session holds its tokens, and brings them back
      if (after.tabs.some((_, tab) => shownIn(after, tab, pages)?.id === disk?.id)) return false
      if (!disk?.refreshToken || disk === after.disk || !isGood(before, disk)) return false
      const session = sessionOf(before, disk.refreshToken)!
      const isThere = after.disk?.id === disk.id && after.disk?.ended === undefined
      return !isThere && !isDoubtful(before, session) && !isDoubtful(after, sessionOf(after, disk.refreshToken)!)
    },
  },
  {
    sentence: 'a session that the user signed out is not shown again, by this page or another one',
    isBroken: (change) =>
      shownBefore(change).some(
        ({ was, is }) => is?.id && is.id !== was?.id && sessionBy(change.after, is.id)?.isLeft === true,
      ),
  },
  {
    sentence: 'the page in which the user signs out shows the user no more at once',
    isBroken: ({ after, move, pages }) =>
      move.do === 'command' && move.command === 'signOut' && (shownIn(after, move.tab, pages)?.user ?? null) !== null,
  },
  {
    sentence: 'a user is shown only if the server named that user for the session',
    isBroken: (change) =>
      shownBefore(change).some(({ is }) => {
        const session = is && sessionBy(change.after, is.id)
        return session ? is?.user !== null && is?.user !== session.user : (is?.user ?? null) !== null
      }),
  },
  {
    sentence: 'a promise that is pending waits for an answer, a lock or a timer',
    isBroken: ({ after: { tabs }, pages }) =>
      tabs.some(({ place }) => {
        if (place === null) return false
        const { view, open } = pages.at(place)
        const isWaiting = view.promises.some(({ outcome }) => outcome === 'pending')
        const isUnderWay = ['restoring', 'refreshing', 'signingOut', 'authenticating'].includes(view.status)
        return (isWaiting || isUnderWay) && open.length === 0 && view.timers.length === 0
      }),
  },
  {
    sentence: 'when everything has answered, the disk shows what the screen shows',
    isBroken: ({ after, pages }) => {
      if (!isQuiet(after, pages)) return false
      return after.tabs.some(({ isBlind }, tab) => {
        const shown = shownIn(after, tab, pages)
        if (isBlind || !shown || shown.persistence !== 'stored' || shown.status === 'restoring') return false
        const stored = after.disk?.ended === undefined ? (after.disk?.id ?? null) : null
        if (shown.id === null || stored !== shown.id) return stored !== shown.id && !after.isHushed
        const generation = after.disk?.generation ?? 0
        return generation < shown.generation || (generation > shown.generation && !after.isHushed)
      })
    },
  },
]
