/** What must hold, a sentence and a check each. The server itself watches that no token is spent twice. */
import type { Move } from './moves.ts'
import type { Pages } from './pages.ts'
import { isGood, sessionOf } from './server.ts'
import { shownIn, type Session, type Shown, type State, type Tab } from './state.ts'

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

/** The user has left or given it up, another sign-in came, or a mark says that the newest token may be spent. */
function isDoubtful({ disk }: State, { isAlive, isLeft, isReplaced, isGivenUp, id, tokens }: Session): boolean {
  const isAbout = disk !== null && disk.id === id && disk.generation === tokens.length
  const isMarked = isAbout && (disk.marked === true || disk.ended === 'refresh-indeterminate')
  return !isAlive || isLeft || isReplaced || isGivenUp || isMarked
}

/** Nothing is on its way, and the storage has answered each page what it was asked last. */
function isQuiet({ tabs, lock, orphans }: State, pages: Pages): boolean {
  const isAtRest = ({ place, hints, isBlind }: Tab): boolean => {
    if (place === null) return true
    const { open, view } = pages.at(place)
    return !isBlind && hints.length === 0 && open.length === 0 && view.persistence === 'stored'
  }
  return lock.length === 0 && orphans.length === 0 && tabs.every(isAtRest)
}

export const invariants: readonly Invariant[] = [
  {
    // a tab whose storage fails removes what it cannot mark, holds the session in memory and brings it back
    sentence: 'a tab whose token the server has not seen goes on showing its user, or another tab holds it in memory',
    isBroken: (change) =>
      shownBefore(change).some(({ was, is }) => {
        // where another sign-in takes its place it is that which counts
        if (!was?.id || !is || is.id !== null) return false
        const session = sessionBy(change.after, was.id)
        const isUnseen = session?.tokens.length === was.generation
        const isHeld = shownBefore(change).some(
          ({ is: other }) => other?.id === was.id && other.persistence === 'memory',
        )
        return isUnseen && !isHeld && ![change.before, change.after].some((state) => isDoubtful(state, session))
      }),
  },
  {
    sentence: 'stored tokens that the server has not seen are not thrown away',
    isBroken: ({ before, after, move, pages }) => {
      const { disk } = before
      // a page that dies after it has taken the record away may have sent the token, as one that dies after its mark
      if (move.do === 'crashAfter') return false
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
    sentence: 'no token is handed out where no user is signed in',
    isBroken: ({ before, after, move, pages }) => {
      if (move.tab < 0) return false
      const [was, is] = [shownIn(before, move.tab, pages), shownIn(after, move.tab, pages)]
      const place = after.tabs[move.tab]!.place
      if (!was || !is || place === null || was.status === 'restoring' || was.user !== null || is.user !== null)
        return false
      const handed = ({ place: at }: Tab): number =>
        at === null ? 0 : pages.at(at).view.promises.filter(({ outcome }) => outcome === 'a token').length
      return handed(after.tabs[move.tab]!) > handed(before.tabs[move.tab]!)
    },
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
      return after.tabs.some((_, tab) => {
        const shown = shownIn(after, tab, pages)
        if (!shown || shown.status === 'restoring') return false
        const stored = after.disk?.ended === undefined ? (after.disk?.id ?? null) : null
        if (shown.id === null || stored !== shown.id) return stored !== shown.id && !after.isHushed
        const generation = after.disk?.generation ?? 0
        return generation < shown.generation || (generation > shown.generation && !after.isHushed)
      })
    },
  },
]
