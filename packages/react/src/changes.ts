import type { AuthState } from '@authchart/core'

/** A sign-in is under way; a user may be signed in beside it. */
export const isEntering = ({ status }: AuthState): boolean => status === 'authenticating' || status === 'challenged'

/** A page that was open may be closed now, or the other way round. */
export function mayOpenOtherwise(before: AuthState, now: AuthState): boolean {
  return who(before) !== who(now) || hasEntered(before, now) || isAlike(before, now)
}

const who = ({ status, user }: AuthState): unknown => (status === 'restoring' ? status : user)

/** The same user, by another sign-in: guards about its age may answer otherwise. */
const hasEntered = (before: AuthState, now: AuthState): boolean => isEntering(before) && !isEntering(now)

/** Another state that looks like the last one: the answer of a guard about the age of the sign-in has changed. */
const isAlike = (before: AuthState, now: AuthState): boolean =>
  (Object.keys(now) as (keyof AuthState)[]).every((key) => before[key] === now[key])
