import { makeDue } from './expiry.ts'
import type { ExpiryPlan, LeavePlan } from './plan.ts'
import type { Stage } from './stage.ts'
import type { Tab } from './tabs.ts'
import { defer, inTime } from './time.ts'
import { Violation, type Trail } from './trail.ts'

/**
 * One tab signs out and goes to another page of the app in the same line, as apps do, while all of them need a renewal.
 * The user is out in every tab and on the next page, whatever the renewal does, and the server hears of it: while its
 * access token is good, that is: bkend takes a sign-out with no other. Returns whether it heard.
 */
export async function runLeave(stage: Stage, plan: ExpiryPlan, leave: LeavePlan, trail: Trail): Promise<boolean> {
  const { server, conductor, tabs, user } = stage
  const replays = server.replays(user.email)
  const overlaps = server.overlaps()
  // with those that indeterminate tabs have left
  const sessions = server.sessions(user.email)
  const crowd = tabs.alive()
  const leaver = crowd[Math.floor(leave.choice * crowd.length)]!
  const others = crowd.filter((tab) => tab !== leaver)
  const { promise: left, resolve } = defer<Tab>()
  const begin = async (): Promise<void> => resolve(await go(stage, leaver))
  const { moment } = leave
  // the server's own time says when, but for a user who is gone before any tab renews
  server.prepare(plan.delay, moment < 0 ? null : { moment, isHeld: false, begin }, trail.note)
  await makeDue(stage, plan, crowd)
  if (moment < 0) await begin()
  void conductor.tell(moment < 0 ? others : crowd, { type: 'nudge', how: plan.how }).catch(() => {})
  const next = await inTime(`${leaver.name} to leave`, left)
  const { status } = await tabs.ready(next)
  trail.note(`${leaver.name} signed out and became ${next.name}, which is ${status}`)
  if (status !== 'anonymous') throw new Violation(`the next page after a sign-out is ${status}`)

  await conductor.tell([...others, next], { type: 'out' })
  await server.idle()
  const stored = await conductor.stored()
  if (stored !== null) throw new Violation(`signed out, but what is stored is ${JSON.stringify(stored)}`)
  if (server.replays(user.email) > replays) throw new Violation('a refresh token was spent twice')
  if (server.overlaps() > overlaps) throw new Violation('two refreshes were under way at once')
  if (plan.how !== 'due') return server.sessions(user.email) < sessions
  await inTime('the server to hear of the sign-out', server.fewerSessions(user.email, sessions))
  return true
}

/** Resolves to the page that takes its place. */
async function go({ conductor, tabs, offset }: Stage, leaver: Tab): Promise<Tab> {
  const { name, url } = tabs.address(offset)
  const arrived = leaver.page.waitForURL(url, { waitUntil: 'commit' })
  await conductor.order([leaver], { type: 'leave', address: url }).posted
  await arrived
  leaver.leave()
  return tabs.follow(leaver.page, name)
}
