import { secretsOf } from '../internals.ts'
import type { EndReason } from '../machine/types.ts'
import { readOptions } from '../options.ts'
import { stopwatch } from '../ports/clock.ts'
import { fromGrant, readUser } from '../session/grant.ts'
import { toView, type Session } from '../session/session.ts'
import { toEndedRecord, toRecord } from '../storage/record.ts'
import type { Auth } from '../types.ts'
import type { FakeBrowser } from './browser.ts'
import type { ServerControl } from './server.ts'
import type { ServerSessions } from './sessions.ts'
import type { TestPage } from './test-world.ts'

/** What is true when the test begins. `user` is who is signed in, was signed in, or signs in: the server knows no other. */
export type TestSituation<TUser> =
  | { readonly status?: 'authenticated' | 'refreshing' | 'signingOut' | 'signedOut'; readonly user: TUser }
  | {
      readonly status: 'challenged'
      readonly user: TUser
      /** What the server asks for. Default `'totp'`. */
      readonly kind?: string
    }
  | {
      readonly status: 'expired'
      readonly user: TUser
      /** Default `'session-expired'`. */
      readonly reason?: Exclude<EndReason, 'signed-out' | 'signed-out-elsewhere'>
    }
  /** Without a user nothing is stored, and every sign-in is refused. */
  | { readonly status: 'restoring' | 'anonymous' | 'authenticating'; readonly user?: TUser }

/** The second factor that the server asks for. Null if it asks for none. */
export const kindIn = (situation: TestSituation<unknown>): string | null =>
  situation.status === 'challenged' ? (situation.kind ?? 'totp') : null

export interface Stage<TUser, TCredentials> {
  readonly auth: Pick<Auth<TUser, TCredentials>, 'actor' | 'subscribe' | 'signIn' | 'signOut'>
  readonly page: TestPage<TUser, TCredentials>
  readonly browser: FakeBrowser
  readonly sessions: ServerSessions<TUser>
  readonly control: ServerControl
  readonly credentials: TCredentials
}

/**
 * Brings an auth to where the test begins. Its effects run, in a world that is as it would be, and the chart is told at once
 * what they are about to report. So nothing has to be waited for, and nothing changes when they report it.
 */
export function begin<TUser, TCredentials>(stage: Stage<TUser, TCredentials>, situation: TestSituation<TUser>): void {
  const { auth, page, sessions, control } = stage
  const { start, store, takeUp, submit, challenge } = stepsOf(stage)
  switch (situation.status) {
    case 'restoring':
      if (situation.user !== undefined) store(situation.user)
      page.tab.holdStorage()
      return start()
    case 'anonymous':
      start()
      return auth.actor.send({ type: 'restore.empty' })
    case 'authenticating':
      control.hold('signIn')
      return submit()
    case 'challenged':
      submit()
      return challenge(kindIn(situation) ?? '')
    case undefined:
    case 'authenticated':
      return takeUp(store(situation.user))
    case 'refreshing': {
      const session = store(situation.user)
      control.hold('refresh')
      // a page that opens now renews at once
      page.clock.advance(session.renewAge)
      return takeUp(session)
    }
    case 'expired': {
      const { reason = 'session-expired' } = situation
      const { user } = store(situation.user, reason)
      sessions.endAll()
      start()
      return auth.actor.send({ type: 'restore.ended', ended: { reason, user } })
    }
    case 'signingOut':
      takeUp(store(situation.user))
      control.hold('signOut')
      void auth.signOut()
      return
    case 'signedOut':
      takeUp(store(situation.user))
      void auth.signOut()
      return auth.actor.send({ type: 'revoke.settled' })
  }
}

/** The parts of the ways there. Work begins with the first subscriber. */
function stepsOf<TUser, TCredentials>({ auth, page, browser, sessions, credentials }: Stage<TUser, TCredentials>) {
  const { vault, rules } = secretsOf.get(auth)!
  const { key } = readOptions({ client: page.client, storage: page.tab.storage })
  const start = (): void => {
    auth.subscribe(() => {})()
  }

  /** The session that this user began before the test. `reason`: it has ended. */
  const store = (user: TUser, reason?: EndReason): Session => {
    const grant = sessions.begin(user)
    const session = fromGrant(grant, readUser(user, rules), { attempt: null, generation: 0 }, rules)
    const record = reason ? toEndedRecord(session.id, { reason, user: session.user }) : toRecord(session, rules)
    void browser.openTab().storage.compareAndSet(key, null, record)
    page.clock.advance(1)
    return session
  }

  const takeUp = (session: Session): void => {
    start()
    vault.setPending(session)
    auth.actor.send({ type: 'restore.found', session: toView(session), spendUnknown: false })
  }

  const submit = (): void => {
    start()
    auth.actor.send({ type: 'restore.empty' })
    // how it ends is in the state
    auth.signIn(credentials).catch(() => {})
  }

  const challenge = (kind: string): void => {
    const elapsed = stopwatch(page.clock)
    const pending = vault.credentials.current()
    if (pending) pending.left = () => CHALLENGE_TIME - elapsed()
    auth.actor.send({ type: 'authenticate.challenged', kind })
  }
  return { start, store, takeUp, submit, challenge }
}

/** Milliseconds that a user has for the second factor. */
const CHALLENGE_TIME = 300_000
