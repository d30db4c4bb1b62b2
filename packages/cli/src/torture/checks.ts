/** What went wrong, in words, or null. */
import { people, type Page, type Stage } from './stage.ts'

const { ann } = people

/** The first thing that is wrong. */
export const first = (...problems: readonly (string | false | null | undefined)[]): string | null =>
  problems.find((problem): problem is string => typeof problem === 'string') ?? null

export const replay = ({ world }: Stage): string | false =>
  world.server.counts().replays > 0 && 'a refresh token was sent twice, and the server ended all sessions of the user'

export async function staysSignedIn(stage: Stage, page: Page): Promise<string | null> {
  const answer = await stage.request(page)
  const id = await stage.shown(page)
  return first(
    replay(stage),
    id !== ann.id && `${id === null ? 'the user was signed out' : 'another user is shown'}`,
    answer !== 200 && `a request ended with ${answer}`,
  )
}

export async function isSignedOut(stage: Stage, page: Page): Promise<string | null> {
  const id = await stage.shown(page)
  return id === null ? null : 'the user is still shown as signed in'
}
