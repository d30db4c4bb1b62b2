/** What a user can do or bring about in the example apps, with the panel and a second tab. Written by hand. */
import type { Abilities, ModelEvent, ModelSnapshot, Step } from './chart.ts'
import { commands, facts } from './events.ts'
import { after, afterAll, isHeld } from './promises.ts'

const { signIn, signUp, answerChallenge, cancel, signOut, refresh, dismiss } = commands

const bySession: Readonly<Record<string, readonly ModelEvent[]>> = {
  // before the page is opened
  restoring: [facts.foundNothing, facts.found, facts.foundSpent, facts.foundEnded],
  anonymous: [signIn, signUp, facts.signedInElsewhere],
  'authenticated.fresh': [refresh, facts.due, signOut],
  'authenticated.refreshing': [facts.renewed, facts.refused, facts.deferred, facts.lost, signOut],
  'authenticated.waiting': [refresh, facts.retry, signOut],
  'authenticated.indeterminate': [facts.reachedAfterLoss, signOut],
  expired: [signIn, signUp, signOut, dismiss, facts.signedInElsewhere],
  signingOut: [facts.revoked, facts.signedInElsewhere],
  signedOut: [signIn, signUp, dismiss, facts.signedInElsewhere],
}

/** While a sign-in is under way the page shows nothing else. */
const byAttempt: Readonly<Record<string, readonly ModelEvent[]>> = {
  'authenticating.submitting': [
    facts.granted,
    facts.challenged,
    facts.wrongPassword,
    cancel,
    signOut,
    facts.signedInElsewhere,
  ],
  'authenticating.challenged.awaitingCode': [answerChallenge, cancel, signOut, facts.lapsed, facts.signedInElsewhere],
  'authenticating.challenged.verifyingCode': [facts.granted, facts.wrongCode, facts.locked, cancel, signOut],
}

function events(place: string, { session }: ModelSnapshot['context']): readonly ModelEvent[] {
  const [inSession = '', inAttempt = ''] = place.split(' + ')
  const own = [...(byAttempt[inAttempt] ?? bySession[inSession] ?? [])]
  const isRenewing = inSession === 'authenticated.refreshing' || inSession === 'authenticated.indeterminate'
  if (!session || isRenewing) return own
  own.push(facts.signedOutElsewhere, facts.endedElsewhere)
  // another tab renews a token that no other tab is renewing
  if (inSession !== 'authenticated.waiting') own.push(facts.renewedElsewhere)
  return own
}

/** The user is confirmed once, after the page found the session in the storage; before anything else renews it. */
const unconfirmed = (steps: readonly Step[]): boolean => {
  const [first] = steps
  return first?.label.startsWith('restore.found') === true && steps.length === 1
}

export const abilities: Abilities = {
  events: (place, context) => [
    ...events(place, context),
    ...(place.startsWith('authenticated') && context.session?.confirmed === false ? [facts.confirmed] : []),
  ],
  mayFollow(steps, next) {
    const previous = steps.at(-1)?.label
    if (next === 'session.confirmed') return unconfirmed(steps)
    // a new account has no second factor, and its details are right
    if (previous === 'signUp') return next === 'authenticate.granted' || next === 'cancel' || next === 'signOut'
    // with nothing to revoke a sign-out is over at once
    if (previous === 'signOut' && isOverAtOnce(steps)) return next === 'revoke.settled'
    return true
  },
}

/** The last of these steps is a sign-out with no session to revoke. */
export function isOverAtOnce(steps: readonly Pick<Step, 'label'>[]): boolean {
  const before = steps.slice(0, -1).map(({ label }) => label)
  return after(afterAll(before), 'signOut').session === 'signingOut' && !isHeld(afterAll(before))
}

const QUEUED = 'needs a sign-in while restoring'
const RESTORING = 'the page shows no form while it looks for a session'

/** The rest of the chart, and why a user at one of these pages does not get there. */
export const outOfReach: Readonly<Record<string, string>> = {
  'auth on storage.lost': 'needs a browser that stops storing',
  'auth on storage.back': 'needs a browser that stops storing',
  'auth.session.restoring on signOut': 'over within milliseconds',
  'auth.session.authenticated on session.invalidated': 'needs a page that comes back from the back-forward cache',
  'auth.session.authenticated on access': 'asked by can(), never sent',
  'auth.session.authenticated on session.aged': 'no guard of the apps asks how long ago the sign-in was',
  'auth.session.authenticated.fresh on expiry.reached': 'this server always gives a refresh token',
  'auth.attempt.early on signIn': RESTORING,
  'auth.attempt.early on signUp': RESTORING,
  'auth.attempt.early on signOut': 'over within milliseconds',
  'auth.attempt.queued on signIn': QUEUED,
  'auth.attempt.queued on signUp': QUEUED,
  'auth.attempt.queued on cancel': QUEUED,
  'auth.attempt.queued on signOut': QUEUED,
  'auth.attempt.queued on restore.found': QUEUED,
  'auth.attempt.queued on restore.ended': QUEUED,
  'auth.attempt.queued on restore.empty': QUEUED,
  'auth.attempt.authenticating on signIn': 'the form sends nothing while a sign-in is under way',
  'auth.attempt.authenticating on signUp': 'the form sends nothing while a sign-in is under way',
  'auth.attempt.authenticating.challenged.verifyingCode on authenticate.challenged':
    'this server asks for one second factor',
}
