/** The generated suite: every event in every state of the chart, driven through a public surface. */
import { afterAll, describe, expect, test } from 'vitest'
import { drain } from '@authchart/core/testing'
import { allTransitions, generatePaths, placeOf, type GeneratedPath, type Step } from './chart.ts'
import type { Driver } from './driver.ts'
import { ann } from './events.ts'
import { asBefore, promises, toldBy, whoAfter } from './promises.ts'
import { createTestWorld, type TestWorld } from './world.ts'

const commands = ['signIn', 'signUp', 'answerChallenge', 'cancel', 'signOut', 'refresh', 'dismiss'] as const

export function describeConformance(name: string, createDriver: () => Driver): void {
  describe(`${name} does what the chart says`, () => {
    const taken = new Set<string>()
    const all = allTransitions()
    const paths = generatePaths()

    test.each(paths)('$name', async ({ steps }: GeneratedPath) => {
      const world = createTestWorld()
      const driver = createDriver()
      await driver.mount(world.auth)
      await driver.settle()
      try {
        for (const [index, step] of steps.entries()) {
          const before = generationOf(world)
          await take(step, steps[index - 1]?.place ?? 'restoring', world, driver)
          await driver.settle()
          if (step.label.startsWith('session.renewed')) expect(generationOf(world)).toBe(before + 1)
          expectPromises(steps.slice(0, index + 1), world, driver)
        }
        await expectRequest(steps.at(-1)?.place ?? '', world)
        await expectInvariants(world, driver)
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

async function take({ label }: Step, from: string, world: TestWorld, driver: Driver): Promise<void> {
  const command = commands.find((known) => known === label)
  if (command === 'signOut') await makeSignOutLast(from, world)
  if (command) {
    const answer = driver.command(command)
    if (answer) void world.keep(answer)
    if (command === 'signOut' && from === 'restoring') world.tab.releaseStorage()
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
async function makeSignOutLast(from: string, { auth, tab, elsewhere, signInElsewhere }: TestWorld): Promise<void> {
  if (from === 'restoring') await elsewhere((other, otherClient) => signInElsewhere(other, otherClient, ann))
  else if (!auth.actor.getSnapshot().context.session) tab.holdStorage()
}

function expectPromises(steps: readonly Step[], world: TestWorld, driver: Driver): void {
  const { place, label, isHeld } = steps.at(-1) as Step
  const inPlace = promises[place]
  if (!inPlace) throw new Error(`Nobody wrote down what is promised in ${place}`)
  const promised = isHeld && inPlace.isSignedIn === 'as before' ? { ...inPlace, ...asBefore } : inPlace
  const view = driver.view()
  const who = whoAfter(steps)
  const isSignedIn = promised.isSignedIn === true
  const isMember = isSignedIn && who.isConfirmed
  expect(placeOf(world.auth.actor.getSnapshot())).toBe(place)
  expect(view).toEqual({
    status: promised.status,
    user: isSignedIn ? who.name : null,
    member: isMember,
    protected: promised.protected,
    membersOnly: isSignedIn && !isMember ? 'pending' : promised.protected,
    renewal: promised.renewal,
    challenge: promised.challenge,
    error: toldBy[label]?.error ?? view.error,
    reason: place === 'expired' || place === 'signedOut' ? (toldBy[label]?.reason ?? view.reason) : null,
    lastUser: place === 'expired' ? who.name : null,
    persistence: label === 'storage.lost' ? 'memory' : view.persistence,
  })
}

/** A request goes out as promised: with the token of whoever is signed in, bare, later, or not at all. */
async function expectRequest(place: string, { auth, requests, keep }: TestWorld): Promise<void> {
  // a sign-in that would replace a session leaves it as it is until it is granted
  const isHeld = auth.actor.getSnapshot().context.session !== null
  const promised = place.startsWith('authenticating') && isHeld ? 'the token' : promises[place]?.fetch
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
  if (promised === 'the token')
    expect(requests.slice(before)).toEqual([expect.stringMatching(/^Bearer canary-access-\d+$/)])
  else if (promised === 'nothing') expect(requests.slice(before)).toEqual([null])
  else expect({ outcome, sent: requests.slice(before) }).toEqual({ outcome: promised, sent: [] })
  controller.abort()
  await answer
}

async function expectInvariants(
  { client, browser, watch, auth, tab, unprocessed }: TestWorld,
  driver: Driver,
): Promise<void> {
  tab.releaseStorage()
  await drain()
  const sent = [...client.spent]
  for (const token of unprocessed) sent.splice(sent.indexOf(token), 1)
  expect(new Set(sent).size, 'no refresh token is sent again unless the server had not looked at it').toBe(sent.length)
  watch.see('hints', browser.hints)
  watch.see('screen', driver.screen())
  watch.see('state', auth.getState())
  watch.see('persisted', auth.actor.getPersistedSnapshot())
  const { status, persistence } = auth.getState()
  const isOver = status === 'anonymous' || status === 'signedOut' || status === 'signingOut'
  for (const key of browser.keys()) {
    const stored = await browser.read(key)
    if (isOver && persistence === 'stored') expect(stored, 'nothing is stored when nobody is signed in').toBeNull()
    if (status === 'expired') watch.see('the record of an ended session', stored)
  }
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
