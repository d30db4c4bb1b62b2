import { first, isSignedOut, replay, staysSignedIn } from './checks.ts'
import { HOUR, MINUTE, people, SECOND, type Stage } from './stage.ts'
import { afterClockSet, afterFault, whileBusy } from './troubles.ts'

/** One thing that happens to every app sooner or later. */
export interface Story {
  /** What a client has to do, as a sentence. */
  readonly name: string
  /** What went wrong, or null. */
  readonly tell: (stage: Stage) => Promise<string | null>
}

const { ann, bob } = people

export const stories: readonly Story[] = [
  {
    name: 'a reload keeps the user signed in',
    async tell(stage) {
      const { tab } = await stage.signedIn()
      tab.kill()
      return staysSignedIn(stage, await stage.open())
    },
  },
  {
    name: 'a user who works for a day stays signed in',
    async tell(stage) {
      const page = await stage.signedIn()
      for (let hour = 0; hour < 8; hour += 1) {
        await stage.pass(HOUR)
        await stage.request(page)
      }
      return staysSignedIn(stage, page)
    },
  },
  {
    name: 'fifty requests with an expired token wait for one renewal',
    async tell(stage) {
      const page = await stage.signedIn()
      await stage.sleep(2 * HOUR)
      const answers = await Promise.all(Array.from({ length: 50 }, () => stage.request(page)))
      const { refreshes } = stage.world.server.counts()
      return first(
        replay(stage),
        refreshes !== 1 && `${refreshes} renewals`,
        answers.some((answer) => answer !== 200) && `a request ended with ${answers.find((answer) => answer !== 200)}`,
      )
    },
  },
  {
    name: 'a request whose token the server refuses is sent again with a new one',
    async tell(stage) {
      const page = await stage.signedIn()
      stage.world.server.expireAccess()
      return staysSignedIn(stage, page)
    },
  },
  {
    name: 'two tabs that wake up together do not spend the same token',
    async tell(stage) {
      const one = await stage.signedIn()
      const two = await stage.open()
      await stage.sleep(2 * HOUR)
      await Promise.all([stage.request(one), stage.request(two)])
      await stage.pass(MINUTE)
      return first(await staysSignedIn(stage, one), await staysSignedIn(stage, two))
    },
  },
  {
    name: 'two tabs that stay open for a day do not spend the same token',
    async tell(stage) {
      const one = await stage.signedIn()
      const two = await stage.open()
      await stage.pass(8 * HOUR)
      return first(await staysSignedIn(stage, one), await staysSignedIn(stage, two))
    },
  },
  { name: 'the answer of a renewal is lost: the token is not sent again', tell: afterFault('lostAfter') },
  { name: 'the server fails after it has rotated: the token is not sent again', tell: afterFault('500') },
  {
    name: 'a page of the network comes instead of the answer: the token is not sent again',
    tell: afterFault('garbage'),
  },
  {
    name: 'a tab is closed in the middle of a renewal: the next page does not send the token again',
    async tell(stage) {
      const page = await stage.signedIn()
      stage.world.server.fault({ kind: 'slow', method: 'refresh', seconds: 20 })
      await stage.sleep(2 * HOUR)
      void page.client.request(`${stage.world.origin}/notes`).catch(() => {})
      await stage.pass(2 * SECOND)
      page.tab.kill()
      const next = await stage.open()
      await stage.request(next)
      await stage.pass(10 * MINUTE)
      await stage.request(next)
      return first(replay(stage))
    },
  },
  { name: 'too many requests (429): the session goes on, and the server is left in peace', tell: whileBusy('429') },
  { name: 'the server is down (503): the session goes on, and the server is left in peace', tell: whileBusy('503') },
  {
    name: 'an hour offline while the token ends: the session goes on',
    async tell(stage) {
      const page = await stage.signedIn()
      await stage.setOnline(false)
      await stage.pass(2 * HOUR)
      await stage.setOnline(true)
      await stage.pass(2 * MINUTE)
      return staysSignedIn(stage, page)
    },
  },
  { name: 'the clock is set a day forward: no storm, no sign-out', tell: afterClockSet(24) },
  { name: 'the clock is set a day back: no storm, no sign-out', tell: afterClockSet(-24) },
  {
    name: 'a sign-out during a renewal stays a sign-out, after a reload too',
    async tell(stage) {
      const page = await stage.signedIn()
      stage.world.server.fault({ kind: 'slow', method: 'refresh', seconds: 10 })
      await stage.sleep(2 * HOUR)
      void page.client.request(`${stage.world.origin}/notes`).catch(() => {})
      await stage.pass(2 * SECOND)
      await stage.within(
        MINUTE,
        page.client.signOut().catch(() => {}),
      )
      await stage.pass(MINUTE)
      const problem = await isSignedOut(stage, page)
      page.tab.kill()
      const next = await stage.open()
      const sessions = stage.world.server.sessionsOf(ann.id)
      return first(problem, await isSignedOut(stage, next), sessions > 0 && 'the session lives on at the server')
    },
  },
  {
    name: 'a page that is left right after the sign-out: the next one is signed out',
    async tell(stage) {
      const page = await stage.signedIn()
      void page.client.signOut().catch(() => {})
      page.tab.kill()
      return isSignedOut(stage, await stage.open())
    },
  },
  {
    name: 'a sign-out is heard in the other tabs',
    async tell(stage) {
      const one = await stage.signedIn()
      const two = await stage.open()
      await stage.within(MINUTE, one.client.signOut())
      await stage.pass(5 * SECOND)
      return isSignedOut(stage, two)
    },
  },
  {
    name: 'another user signs in in another tab: no request of the first shows one user and carries the other',
    async tell(stage) {
      const one = await stage.signedIn()
      const two = await stage.open()
      await stage.within(MINUTE, two.client.signIn(bob))
      await stage.pass(5 * SECOND)
      await stage.request(one)
      const id = await stage.shown(one)
      const sender = one.senders.at(-1)
      return first(
        sender !== undefined &&
          sender !== id &&
          `the page shows ${id ?? 'no user'} and its request was of ${sender ?? 'no user'}`,
      )
    },
  },
  {
    name: 'the server has ended the session: the page hears of it, and asks no more',
    async tell(stage) {
      const page = await stage.signedIn()
      stage.world.server.endSessions(ann.id)
      await stage.sleep(2 * HOUR)
      await stage.request(page)
      await stage.pass(30 * MINUTE)
      const { refreshes } = stage.world.server.counts()
      return first(await isSignedOut(stage, page), refreshes > 3 && `the server was asked ${refreshes} times`)
    },
  },
]
