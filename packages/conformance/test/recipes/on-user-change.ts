import type { Auth } from '@authchart/core'

/** Calls `forget` when the user signs out, or another one signs in. An expired session waits for its own user. */
export function onUserChange(
  auth: Pick<Auth, 'getState' | 'subscribe' | 'isSameUser'>,
  forget: () => void,
): () => void {
  let owner = auth.getState().user
  return auth.subscribe(({ status, user }) => {
    const next = user ?? (status === 'anonymous' || status === 'signedOut' ? null : owner)
    const isAnother = owner !== null && !auth.isSameUser(owner, next)
    owner = next
    if (isAnother) forget()
  })
}
