/** What a person can do or bring about in the example apps, with the panel and a second tab. Written by hand. */
import type { Abilities, ModelEvent, ModelSnapshot, Step } from './chart.ts'
import { commands, facts } from './events.ts'

const { signIn, signUp, answerChallenge, cancel, signOut, refresh, dismiss } = commands

const byPlace: Readonly<Record<string, readonly ModelEvent[]>> = {
  // before the page is opened
  restoring: [facts.foundNothing, facts.found, facts.foundSpent, facts.foundEnded],
  anonymous: [signIn, signUp, facts.signedInElsewhere],
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
  'authenticated.fresh': [refresh, facts.due, signOut],
  'authenticated.refreshing': [facts.renewed, facts.refused, facts.deferred, facts.lost, signOut],
  'authenticated.waiting': [refresh, facts.retry, signOut],
  'authenticated.indeterminate': [facts.reachedAfterLoss, signOut],
  expired: [signIn, signUp, signOut, dismiss, facts.signedInElsewhere],
  signingOut: [facts.revoked, signIn, signUp, facts.signedInElsewhere],
  signedOut: [signIn, signUp, dismiss, facts.signedInElsewhere],
}

function events(place: string, { session }: ModelSnapshot['context']): readonly ModelEvent[] {
  const own = [...(byPlace[place] ?? [])]
  if (!session || place === 'authenticated.refreshing' || place === 'authenticated.indeterminate') return own
  own.push(facts.signedOutElsewhere, facts.endedElsewhere)
  // another tab renews a token that nobody else is renewing
  if (place !== 'authenticated.waiting') own.push(facts.renewedElsewhere)
  return own
}

/** The user is confirmed once, after the page found him in the storage; before anything else renews him. */
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
    if (previous === 'signOut' && steps.at(-2)?.isHeld !== true) return next === 'revoke.settled'
    return true
  },
}

/** The rest of the chart, and why a person at one of these pages does not get there. */
export const outOfReach: Readonly<Record<string, string>> = {
  'auth on storage.lost': 'needs a browser that stops storing',
  'auth on storage.back': 'needs a browser that stops storing',
  'auth.restoring on signIn': 'the page shows no form while it looks for a session',
  'auth.restoring on signUp': 'the page shows no form while it looks for a session',
  'auth.restoring on cancel': 'over within milliseconds',
  'auth.restoring on signOut': 'over within milliseconds',
  'auth.restoring on restore.found [0]': 'needs a sign-in while restoring',
  'auth.restoring on restore.ended [0]': 'needs a sign-in while restoring',
  'auth.restoring on restore.empty [0]': 'needs a sign-in while restoring',
  'auth.authenticating on signIn': 'the form sends nothing while a sign-in is under way',
  'auth.authenticating on signUp': 'the form sends nothing while a sign-in is under way',
  'auth.authenticating.challenged.verifyingCode on authenticate.challenged': 'this server asks for one second factor',
  'auth.authenticated on signIn': 'the pages switch users by signing out first',
  'auth.authenticated on signUp': 'the pages switch users by signing out first',
  'auth.authenticated on tabs.signedIn': 'the other tab has to sign out first, and that is seen first',
  'auth.authenticated on session.doubted': 'needs a page that comes back from the back-forward cache',
  'auth.authenticated on access': 'asked by can(), never sent',
  'auth.authenticating on access': 'asked by can(), never sent',
  'auth.authenticated on session.aged': 'no guard of the apps asks how long ago the sign-in was',
  'auth.authenticating on session.aged': 'no guard of the apps asks how long ago the sign-in was',
  'auth.authenticated.fresh on expiry.reached': 'this server always gives a refresh token',
}
