/** More than a year of three tabs, with what happens in any week: sleep, a clock that jumps, a busy server, a night off. */
import type { TabHint } from '@authchart/core'
import { expect, test } from 'vitest'
import { boot, perform } from './commands.ts'
import { countHeld } from './heap.ts'
import { createSimulation, type Simulation } from './simulation.ts'

const HOUR = 3_600_000
const HOURS = 10_000
const NIGHT = 8
const MOST_TIMERS = 4
/** The state and the snapshot that are current, of three tabs. */
const MOST_HELD = 6
const setup = { isJwt: false, sendsUser: false, hasGetUser: true, hasPing: false, isInspected: false, seed: 1 }

/** @returns how many hours it took */
async function liveOneWeek(sim: Simulation, week: number): Promise<number> {
  let hours = 0
  const pass = async (more: number): Promise<void> => {
    await sim.pass(more * HOUR)
    hours += more
  }
  const day = 24 * HOUR * (week % 2 ? -1 : 1)
  await pass(24)
  await sim.sleep(NIGHT * HOUR)
  hours += NIGHT
  await pass(24)
  sim.clock.jump(day)
  await pass(3)
  sim.clock.jump(-day)
  await pass(21)
  sim.server.fault({ kind: '429', method: 'refresh', times: 1, seconds: 120 })
  await pass(24)
  for (const { network } of sim.pages) network.goOffline()
  await pass(NIGHT)
  for (const { network } of sim.pages) network.goOnline()
  await pass(168 - hours)
  return hours
}

/** The harness remembers everything; what could not matter any more may go. */
function forgetOldThings(sim: Simulation): void {
  sim.server.forgetDead()
  const hints = sim.browser.hints as TabHint[] // the fake browser's own list
  hints.length = 0
}

test('ten thousand hours of three tabs cost no replay, no sign-out, no timer, and nothing stays that was shown [I3]', async () => {
  const began = performance.now()
  const sim = createSimulation(setup)
  const shown: WeakRef<object>[] = []
  for (let tab = 0; tab < 3; tab += 1) {
    const { auth } = boot(sim)
    auth.subscribe((state) => shown.push(new WeakRef(state)))
    auth.actor.subscribe((snapshot) => shown.push(new WeakRef(snapshot)))
  }
  await perform(sim, { do: 'signIn', page: 0, as: 'ann', with: 'password' })
  let hours = 0
  let mostTimers = 0
  for (let week = 0; hours < HOURS; week += 1) {
    hours += await liveOneWeek(sim, week)
    forgetOldThings(sim)
    for (const { timers } of sim.pages) mostTimers = Math.max(mostTimers, timers.size)
    expect(mostTimers).toBeLessThanOrEqual(MOST_TIMERS)
    expect(sim.pages.map(({ auth }) => auth.getState().status)).toEqual(Array(3).fill('authenticated'))
  }
  const held = await countHeld(shown)
  const { facts, accounts } = sim.server
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  console.log(
    `soak: ${hours} hours, ${facts.refreshes} renewals, ${accounts.replays()} replays, at most ${mostTimers} timers, ` +
      `${held} of ${shown.length} things held, ${seconds} s`,
  )
  expect(accounts.replays()).toBe(0)
  expect([...facts.crimes, ...sim.crimes]).toEqual([])
  expect(sim.watch.leaks).toEqual([])
  expect(facts.refreshes).toBeGreaterThan(10_000)
  expect(facts.refreshes).toBeLessThan(25_000)
  expect(held).toBeLessThanOrEqual(MOST_HELD)
})
