/** The generated suite: every event in every state of the chart, driven through a public surface. */
import { afterAll, describe, expect, inject, test } from 'vitest'
import { drain } from '@authchart/core/testing'
import { allTransitions, generatePaths, placeOf, shortSuiteOf, type GeneratedPath } from './chart.ts'
import type { Driver } from './driver.ts'
import { ann } from './events.ts'
import { expectLateAnswersChangeNothing } from './late-answers.ts'
import { after, atFirst, isHeld, placeIn, requestIn, viewIn, type Expected } from './promises.ts'
import { createTestWorld, type TestWorld } from './world.ts'

const commands = ['signIn', 'signUp', 'answerChallenge', 'cancel', 'signOut', 'refresh', 'dismiss'] as const

export function describeConformance(name: string, createDriver: () => Driver): void {
  describe(`${name} does what the chart says`, () => {
    const taken = new Set<string>()
    const all = allTransitions()
    // the landing takes every event in every state of the whole chart
    const whole = generatePaths()
    const paths = inject('suite') === 'whole' ? whole : shortSuiteOf(whole)

    test.each(paths)('$name', async ({ steps }: GeneratedPath) => {
      const world = createTestWorld()
      const driver = createDriver()
      await driver.mount(world.auth)
      await driver.settle()
      let now = atFirst
      try {
        for (const { label } of steps) {
          const before = generationOf(world)
          await take(label, now, world, driver)
          await driver.settle()
          now = after(now, label)
          if (label.startsWith('session.renewed')) expect(generationOf(world)).toBe(before + 1)
          expectPromises(now, world, driver)
        }
        expect(world.retries(), 'it is tried again when it is time').toBe(
          steps.filter(({ label }) => label === 'retry.due').length,
        )
        await expectRequest(now, world)
        await expectLateAnswersChangeNothing(now, world, driver)
        await expectInvariants(now, world, driver)
      } finally {
        await driver.unmount()
        world.auth.destroy()
      }
      await expectTheEnd(world)
      for (const transition of world.taken) taken.add(transition)
    })

    afterAll(() => {
      const missing = all.filter((transition) => !taken.has(transition))
      console.log(
        `${name}: ${all.length - missing.length} of ${all.length} transitions taken, in ${paths.length} generated paths`,
      )
      expect(missing).toEqual([])
    })
  })
}

async function take(label: string, from: Expected, world: TestWorld, driver: Driver): Promise<void> {
  const command = commands.find((known) => known === label)
  if (command === 'signOut') await makeSignOutLast(from, world)
  if (command) {
    const answer = driver.command(command)
    if (answer) void world.keep(answer)
    if (command === 'signOut' && from.session === 'restoring') world.tab.releaseStorage()
    return
  }
  // a guard is asked, and the chart is sent what the guard was asked about
  if (label === 'access') return world.auth.actor.send({ type: 'access', guard: 'member', params: [] })
  const cause = world.causes[label]
  if (!cause) throw new Error(`Nothing in the world makes "${label}" happen`)
  await cause()
}

const generationOf = ({ auth }: TestWorld): number => auth.actor.getSnapshot().context.session?.generation ?? 0

/** A sign-out with nothing to revoke is over before it can be looked at: give it something, or hold the storage. */
async function makeSignOutLast(from: Expected, { tab, elsewhere, signInElsewhere }: TestWorld): Promise<void> {
  if (from.session === 'restoring') await elsewhere((other, otherClient) => signInElsewhere(other, otherClient, ann))
  else if (!isHeld(from)) tab.holdStorage()
}

function expectPromises(now: Expected, { auth, clock }: TestWorld, driver: Driver): void {
  const snapshot = auth.actor.getSnapshot()
  expect(placeOf(snapshot)).toBe(placeIn(now))
  expect(driver.view()).toEqual(viewIn(now))
  if (now.session === 'waiting') expect(snapshot.context.retryAt, 'it waits').toBeGreaterThan(clock.now())
}

/** A request goes out as promised: with the token of the user who is signed in, bare, later, or not at all. */
async function expectRequest(now: Expected, { auth, requests, keep, ownerOf }: TestWorld): Promise<void> {
  const promised = requestIn(now)
  const controller = new AbortController()
  const before = requests.length
  let outcome = 'waits'
  const answer = keep(
    auth.fetch('https://api.test/posts', { signal: controller.signal }).then((response) => {
      outcome = 'answered'
      return response
    }),
  ).then((settled) => {
    if (settled instanceof Error) outcome = (settled as { code?: string }).code ?? settled.name
  })
  await drain()
  const owners = requests.slice(before).map((sent) => sent && ownerOf(sent.replace('Bearer ', '')).name)
  if (promised === 'the token') expect(owners).toEqual([now.user])
  else if (promised === 'nothing') expect(owners).toEqual([null])
  else expect({ outcome, owners }).toEqual({ outcome: promised, owners: [] })
  controller.abort()
  await answer
}

async function expectInvariants(
  now: Expected,
  { client, browser, watch, auth, unprocessed }: TestWorld,
  driver: Driver,
): Promise<void> {
  const sent = [...client.spent]
  for (const token of unprocessed) sent.splice(sent.indexOf(token), 1)
  expect(new Set(sent).size, 'no refresh token is sent again unless the server had not looked at it').toBe(sent.length)
  watch.see('hints', browser.hints)
  watch.see('screen', driver.screen())
  watch.see('state', auth.getState())
  watch.see('persisted', auth.actor.getPersistedSnapshot())
  if (now.session === 'expired')
    for (const key of browser.keys()) watch.see('the record of an ended session', await browser.read(key))
}

/** After destroy() every promise is settled, no timer and no listener is left, and no secret was seen anywhere. */
async function expectTheEnd({ auth, promises: kept, clock, network, watch, client }: TestWorld): Promise<void> {
  const settled = await Promise.race([
    Promise.all(kept).then(() => 'all settled'),
    drain().then(() => 'a promise hangs'),
  ])
  expect(settled).toBe('all settled')
  await expect(auth.signIn({ email: '', password: '' })).rejects.toMatchObject({ code: 'destroyed' })
  expect(network.listeners).toBe(0)
  expect(watch.leaks).toEqual([])
  // what is on its way is left to arrive: nothing aborts a spend
  while (client.pending.length > 0) client.pending[0]?.fail('network')
  await drain()
  expect(clock.pending).toBe(0)
}
