/** What must hold, a sentence and a check each. The server itself watches that no token is spent twice. */
import type { Move } from './moves.ts'
import type { Pages } from './pages.ts'
import { isGood, sessionOf } from './server.ts'
import type { DiskRecord } from './words.ts'
import { KEY, shownIn, type Session, type Shown, type State, type Tab } from './state.ts'

/** Milliseconds: after a failure the storage is looked at again, and the renewal tried again, within that time. */
const LONGEST_RETRY = 1000

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
function isDoubtful({ disk, notes }: State, session: Session): boolean {
  const { id, tokens, lost } = session
  // where the disk takes no mark the record has to go, and the word beside it stands for the mark
  const mark = disk ?? (JSON.parse(notes[`${KEY} spend`] ?? 'null') as DiskRecord | null)
  const isMarked =
    mark !== null && mark.id === id && mark.generation === tokens.length && (disk === null || disk.marked === true)
  const isOver = !session.isAlive || session.isLeft || session.isReplaced || session.isGivenUp
  return isOver || isMarked || lost === tokens.length
}

/** Nothing is on its way, and the storage has answered each page what it was asked last. */
function isQuiet({ tabs, lock, orphans, now }: State, pages: Pages): boolean {
  const isAtRest = ({ place, hints, blindUntil }: Tab): boolean => {
    if (place === null) return true
    const { open, view } = pages.at(place)
    // what failed is tried again
    if (view.timers.some(({ due }) => due <= now + LONGEST_RETRY)) return false
    return blindUntil === 0 && hints.length === 0 && open.length === 0 && view.persistence === 'stored'
  }
  return lock.length === 0 && orphans.length === 0 && tabs.every(isAtRest)
}

export const invariants: readonly Invariant[] = [
  {
    sentence: 'a tab whose token the server has not seen goes on showing its user',
    isBroken: (change) =>
      shownBefore(change).some(({ was, is }) => {
        // where another sign-in takes its place it is that which counts
        if (!was?.id || !is || is.id !== null) return false
        const session = sessionBy(change.after, was.id)
        const isUnseen = session?.tokens.length === was.generation
        return isUnseen && ![change.before, change.after].some((state) => isDoubtful(state, session))
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
    sentence: 'a tab is signed out only if the user has signed out, given a sign-in up or signed in anew',
    isBroken: (change) =>
      shownBefore(change).some(({ was, is }) => {
        const isOut = was?.id && is?.status === 'signedOut'
        const session = isOut ? sessionBy(change.after, was.id) : null
        return session !== null && !session.isLeft && !session.isReplaced && !session.isGivenUp
      }),
  },
  {
    sentence:
      'a page that opens says that no user is signed in only if the storage says so, or is not waited for any more',
    isBroken: (change) =>
      shownBefore(change).some(({ was, is, tab }) => {
        const isSaid = was?.status === 'restoring' && is?.status === 'anonymous' && is.persistence === 'stored'
        return isSaid && change.after.tabs[tab]!.blindUntil > 0
      }),
  },
  {
    sentence: 'a tab that shows no user hands out no token',
    isBroken: ({ before, after: { tabs }, pages }) =>
      tabs.some(({ place }, tab) => {
        if (place === null || pages.at(place).view.user !== null) return false
        const was = before.tabs[tab]!.place
        const had = was === null ? [] : pages.at(was).view.promises
        return pages
          .at(place)
          .view.promises.some(({ outcome }, at) => outcome === 'token' && had[at]?.outcome !== 'token')
      }),
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
