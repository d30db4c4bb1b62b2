import { setTimeout as wait } from 'node:timers/promises'
import { makeDue } from './expiry.ts'
import type { ExpiryPlan, LeavePlan } from './plan.ts'
import type { Stage } from './stage.ts'
import { inTime } from './time.ts'
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
  server.prepare(plan.delay, null, trail.note)
  await makeDue(stage, plan, crowd)

  const nudge = () => conductor.tell(crowd, { type: 'nudge', how: plan.how })
  if (leave.moment >= 0) await nudge()
  await wait(Math.max(0, leave.moment) * (plan.delay.before + plan.delay.after))
  const { name, url } = tabs.address(stage.offset)
  const arrived = leaver.page.waitForURL(url, { waitUntil: 'commit' })
  await conductor.order([leaver], { type: 'leave', address: url }).posted
  if (leave.moment < 0) void conductor.tell(others, { type: 'nudge', how: plan.how })
  await inTime(`${leaver.name} to leave`, arrived)
  leaver.leave()
  const next = await tabs.follow(leaver.page, name)
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
  await inTime('the server to hear of the sign-out', heard(stage, sessions))
  return true
}

/** The sign-out request left with the page; it may still be on its way. */
async function heard({ server, user }: Stage, before: number): Promise<void> {
  while (server.sessions(user.email) >= before) await wait(20)
}
