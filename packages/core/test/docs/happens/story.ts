/** One row of docs/what-happens.md: its own words, and how it is seen. */
import { createAuth, hasRole, type AuthError } from '@authchart/core'
import { createWorld, type World, type WorldTab } from '@authchart/core/testing/world'

export interface Story {
  /** "What the user sees", and "what the app does", as the page has them. */
  readonly sees: string
  readonly does: string
  readonly run: () => Promise<void>
}

/** By "what happens". */
export type Stories = Readonly<Record<string, Story>>

export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
/** An access token of an hour is renewed after this time: 55 % of its life, and a moment. */
export const DUE = 33 * MINUTE + SECOND

export const ann = { email: 'ann@example.com', password: 'correct horse' }
export const bob = { email: 'bob@example.com', password: 'correct horse' }

interface More {
  readonly random?: () => number
  readonly onWarning?: (warning: AuthError) => void
}

/** Opens a page in this tab, which is told of everything. */
export function openPage(tab: Pick<WorldTab, 'parts'>, more: More = {}) {
  const guards = { isAdmin: hasRole('admin') }
  const auth = createAuth({ random: () => 0.5, ...tab.parts, ...more, guards })
  auth.subscribe(() => {})
  return auth
}

/** Ann, signed in in two tabs. */
export async function twoTabs(given?: World) {
  const world = given ?? createWorld()
  const [first, second] = [world.openTab(), world.openTab()]
  const [one, two] = [openPage(first), openPage(second)]
  await world.advance(0)
  await one.signIn(ann)
  await world.advance(0)
  return { world, first, second, one, two }
}

/** Ann, signed in in one. */
export async function oneTab(given?: World) {
  const world = given ?? createWorld()
  const tab = world.openTab()
  const auth = openPage(tab)
  await auth.signIn(ann)
  return { world, tab, auth }
}
