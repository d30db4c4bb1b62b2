/**
 * What a person and his program were promised in each state of the chart. Written by hand: nothing here is computed
 * from the code under test.
 */

export interface View {
  readonly status: string
  /** The name on the screen. */
  readonly user: string | null
  /** What the role guard `member` says. */
  readonly member: boolean
  /** What stands where only signed-in people may look. */
  readonly protected: 'shown' | 'pending' | 'closed'
  /** What stands where only members may look. */
  readonly membersOnly: 'shown' | 'pending' | 'closed'
  readonly renewal: string | null
  readonly challenge: string | null
  readonly error: string | null
  readonly reason: string | null
  readonly lastUser: string | null
  readonly persistence: string
}

/** What a request through `auth.fetch` does. */
type Carries = 'the token' | 'nothing' | 'waits' | 'session-expired'

/** `user`: whoever is signed in. Where the server has not confirmed the user yet, guards stay closed and views wait. */
export interface Promised {
  readonly status: string
  /** `'as before'`: a sign-in leaves whoever is signed in so until it is granted, and nobody nobody. */
  readonly isSignedIn: boolean | 'as before'
  readonly protected: View['protected']
  readonly renewal: string | null
  readonly challenge: string | null
  readonly fetch: Carries
}

const nobody = { isSignedIn: false, protected: 'closed', renewal: null, challenge: null, fetch: 'nothing' } as const
const entering = { ...nobody, isSignedIn: 'as before' } as const
const somebody = { isSignedIn: true, protected: 'shown', challenge: null, fetch: 'the token' } as const

/** What is on the screen while somebody is signed in and signs in again, or another does. */
export const asBefore = { isSignedIn: true, protected: 'shown' } as const

export const promises: Readonly<Record<string, Promised>> = {
  restoring: { ...nobody, status: 'restoring', protected: 'pending', fetch: 'waits' },
  anonymous: { ...nobody, status: 'anonymous' },
  'authenticating.submitting': { ...entering, status: 'authenticating' },
  'authenticating.challenged.awaitingCode': { ...entering, status: 'challenged', challenge: 'totp' },
  'authenticating.challenged.verifyingCode': { ...entering, status: 'challenged', challenge: 'totp, verifying' },
  'authenticated.fresh': { ...somebody, status: 'authenticated', renewal: 'idle' },
  'authenticated.refreshing': { ...somebody, status: 'refreshing', renewal: 'refreshing' },
  'authenticated.waiting': { ...somebody, status: 'authenticated', renewal: 'waiting' },
  'authenticated.indeterminate': { ...somebody, status: 'authenticated', renewal: 'indeterminate' },
  expired: { ...nobody, status: 'expired', fetch: 'session-expired' },
  signingOut: { ...nobody, status: 'signingOut' },
  signedOut: { ...nobody, status: 'signedOut' },
}

/** What the last event promised beyond the state it led to. */
interface Told {
  readonly error?: string
  readonly reason?: string
}

export const toldBy: Readonly<Record<string, Told>> = {
  'restore.ended': { reason: 'session-expired' },
  'authenticate.failed: invalid-credentials': { error: 'invalid-credentials' },
  'authenticate.failed: invalid-code': { error: 'invalid-code' },
  'authenticate.failed: account-locked': { error: 'account-locked' },
  'challenge.lapsed': { error: 'challenge-expired' },
  'refresh.deferred': { error: 'unavailable' },
  'refresh.lost': { error: 'refresh-indeterminate' },
  'session.ended: refused': { reason: 'session-expired' },
  'session.ended in another tab': { reason: 'credentials-changed' },
  'tabs.signedOut': { reason: 'signed-out-elsewhere' },
  'revoke.settled': { reason: 'signed-out' },
  'expiry.reached': { reason: 'access-token-expired' },
  'expiry.reached after a lost renewal': { reason: 'refresh-indeterminate' },
}

/** Who is known after these steps, and whether the server said so: told by the story alone. */
export function whoAfter(steps: readonly { readonly label: string; readonly place: string }[]): {
  readonly name: string | null
  readonly isConfirmed: boolean
} {
  let who = { name: null as string | null, isConfirmed: false }
  for (const { label, place } of steps) {
    if (label.startsWith('authenticate.granted')) who = { name: 'Ann', isConfirmed: true }
    if (label.startsWith('restore.found') || label === 'restore.ended') who = { name: 'Ann', isConfirmed: false }
    if (label === 'tabs.signedIn') who = { name: 'Bob', isConfirmed: false }
    if (label === 'session.doubted') who = { ...who, isConfirmed: false }
    if (label === 'session.confirmed' || label === 'session.renewed') who = { ...who, isConfirmed: true }
    if (label === 'tabs.signedOut' || place === 'signingOut' || place === 'anonymous')
      who = { name: null, isConfirmed: false }
  }
  return who
}
