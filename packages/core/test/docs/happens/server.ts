/** A server that is away, busy, faulty, or says no. */
import { createAuth } from '@authchart/core'
import { bkend, bkendAccount } from '@authchart/core/bkend'
import { createWorld, type WorldFault } from '@authchart/core/testing/world'
import { expect } from 'vitest'
import { ann, DUE, HOUR, MINUTE, oneTab, openPage, SECOND, twoTabs, type Stories } from './story.ts'

const idle = { status: 'authenticated', renewal: 'idle', user: { name: 'Ann' } } as const

export const server: Stories = {
  'the device is offline, or the server is down': {
    sees: "The user stays signed in, for as long as that lasts. `state.renewal` is `'waiting'` when a renewal is due, and `'refreshing'` while the page asks whether the server is back.",
    does: 'Show that the network is away, if you like. Requests reject.',
    async run() {
      await isAway()
      for (const kind of ['lostBefore', 'silent'] as const) await isAway({ kind, method: 'ping', times: 100_000 })
    },
  },
  'a page opens while the device is offline': {
    sees: 'The user is shown, and the guards stay closed until the server has answered.',
    does: 'Show what needs no guard. `state.confirmed` is false.',
    async run() {
      const { world, tab } = await oneTab()
      tab.kill()
      const next = world.openTab()
      next.network.goOffline()
      const auth = openPage(next)
      await world.advance(10 * MINUTE)
      expect(auth.getState()).toMatchObject({ status: 'authenticated', user: { name: 'Ann' }, confirmed: false })
      expect(auth.can('isAdmin')).toBe(false)
      next.network.goOnline()
      await world.advance(0)
      expect(auth.getState()).toMatchObject({ confirmed: true })
      expect(auth.can('isAdmin')).toBe(true)
    },
  },
  'the server says that it is too busy (429, 503)': {
    sees: 'The user stays signed in. The renewal is tried again after 1 second, then after 2, 4 and so on up to 60 seconds, and never before `Retry-After` has passed (10 minutes at most).',
    does: 'Nothing.',
    async run() {
      for (const kind of ['429', '503'] as const) {
        expect(await triesOf({ kind, method: 'refresh', times: 9 }, 10)).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60])
        expect(await triesOf({ kind, method: 'refresh', seconds: 90 }, 2)).toEqual([90])
        expect(await triesOf({ kind, method: 'refresh', seconds: 3600 }, 2)).toEqual([600])
      }
    },
  },
  'the server answers a renewal with 500, with a page of the network, or not at all': {
    sees: "The user stays signed in until the access token ends. Then the status is `expired` with the reason `'refresh-indeterminate'`.",
    does: "Let the user save their work before that. [The token may be spent](refresh.md#no-answer-is-not-a-no), so it is sent again only if the client's `replay` says that the server accepts that.",
    async run() {
      for (const kind of ['500', 'lostAfter', 'silent', 'garbage'] as const) {
        const { world, auth } = await oneTab()
        world.server.fault({ kind, method: 'refresh' })
        await world.advance(HOUR - SECOND)
        expect(auth.getState(), kind).toMatchObject({ ...idle, renewal: 'indeterminate' })
        await world.advance(SECOND)
        expect(auth.getState(), kind).toMatchObject({ status: 'expired', reason: 'refresh-indeterminate' })
        expect(world.server.counts(), kind).toMatchObject({ refreshes: 1, replays: 0 })
      }
      // it never arrived, which the page cannot know
      const world = createWorld()
      const { parts } = world.openTab()
      const client = { ...parts.client, replay: { toleratedFor: 60 } }
      const auth = createAuth({ ...parts, client, random: () => 0.5 })
      auth.subscribe(() => {})
      await auth.signIn(ann)
      world.server.fault({ kind: 'lostBefore', method: 'refresh' })
      await world.advance(DUE + MINUTE)
      expect(auth.getState()).toMatchObject(idle)
      expect(world.server.counts()).toMatchObject({ refreshes: 2, replays: 0 })
    },
  },
  'the server refuses an access token before its time (401)': {
    sees: 'Nothing. The token is renewed once for all requests, and each of them is sent again.',
    does: 'Nothing: `auth.fetch` does it.',
    async run() {
      const { world, one, two } = await twoTabs()
      world.server.expireAccess()
      const asked = [one, one, two].map((auth) => auth.fetch(`${world.origin}/notes`))
      await world.advance(5 * SECOND)
      expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([200, 200, 200])
      expect(two.getState()).toMatchObject(idle)
      expect(world.server.counts()).toMatchObject({ refreshes: 1, replays: 0 })
    },
  },
  'the server refuses to renew': {
    sees: "The status is `expired` with the reason `'session-expired'`, in every tab.",
    does: 'Ask the user to sign in again. `state.lastUser` says who it was.',
    async run() {
      const { world, one, two } = await twoTabs()
      world.server.endSessions('u-ann')
      await world.advance(DUE + 5 * SECOND)
      for (const auth of [one, two])
        expect(auth.getState()).toMatchObject({
          status: 'expired',
          reason: 'session-expired',
          user: null,
          lastUser: { name: 'Ann' },
        })
      expect(world.server.counts().refreshes).toBe(1)
    },
  },
  'the account is blocked': {
    sees: "The status is `expired` with the reason `'account-banned'`, in every tab, at the next renewal or `auth.reloadUser()`.",
    does: 'Ask the user to contact support.',
    async run() {
      for (const isAsked of [false, true]) {
        const { world, one, two } = await twoTabs()
        world.server.ban('u-ann')
        await world.advance(MINUTE)
        expect(two.getState()).toMatchObject(idle)
        if (isAsked) await expect(one.reloadUser()).rejects.toMatchObject({ code: 'account-banned' })
        await world.advance(isAsked ? 0 : DUE)
        for (const auth of [one, two])
          expect(auth.getState()).toMatchObject({ status: 'expired', reason: 'account-banned' })
      }
    },
  },
  'the password is changed by `bkendAccount(auth)`': {
    sees: "The status is `expired` with the reason `'credentials-changed'`, in every tab.",
    does: 'Ask the user to sign in with the new password.',
    async run() {
      const world = createWorld()
      const [one, two] = [openBkend(world), openBkend(world)]
      await one.signIn(ann)
      await world.advance(0)
      expect(two.getState().user).toMatchObject({ name: 'Ann' })
      await bkendAccount(one).password.change({ currentPassword: 'correct horse', newPassword: 'battery staple' })
      await world.advance(0)
      for (const auth of [one, two])
        expect(auth.getState()).toMatchObject({ status: 'expired', reason: 'credentials-changed' })
      expect(world.server.counts().refreshes).toBe(0)
    },
  },
  'the password is changed elsewhere, and the server ends the sessions': {
    sees: "Nothing, until the server refuses to renew. Then the status is `expired` with the reason `'session-expired'`.",
    does: 'Ask the user to sign in again.',
    async run() {
      const { world, auth } = await oneTab()
      world.server.endSessions('u-ann')
      await world.advance(DUE - 2 * SECOND)
      expect(auth.getState()).toMatchObject(idle)
      await world.advance(2 * SECOND)
      expect(auth.getState()).toMatchObject({ status: 'expired', reason: 'session-expired' })
    },
  },
  'a role is taken away': {
    sees: 'The view closes in the frame in which the app learns of it, at the next `auth.reloadUser()` or renewal.',
    does: 'Call `auth.reloadUser()` after a change of rights. Until then only the server can refuse.',
    async run() {
      for (const isAsked of [false, true]) {
        const { world, auth } = await oneTab()
        const frames: unknown[] = []
        auth.subscribe(({ user }) => void frames.push([user?.role, auth.can('isAdmin')]))
        world.server.setRole('u-ann', 'user')
        await world.advance(MINUTE)
        expect(auth.can('isAdmin')).toBe(true)
        await (isAsked ? auth.reloadUser() : world.advance(DUE))
        expect(frames.at(-1)).toEqual(['user', false])
        expect(frames).not.toContainEqual(['user', true])
      }
    },
  },
}

/** Without a fault the device is offline: for three hours, and then all is well again. */
async function isAway(fault?: WorldFault): Promise<void> {
  const { world, tab, auth } = await oneTab()
  if (fault) world.server.fault(fault)
  else tab.network.goOffline()
  await world.advance(DUE)
  const seen = new Set<unknown>()
  const note = (state: ReturnType<typeof auth.getState>): void =>
    void seen.add([state.user?.name, 'renewal' in state && state.renewal].join())
  const stop = auth.subscribe(note)
  await world.advance(3 * HOUR)
  stop()
  expect(seen).toEqual(new Set(['Ann,refreshing', 'Ann,waiting']))
  const heard = Promise.allSettled([auth.fetch(`${world.origin}/notes`), auth.getAccessToken()])
  await world.advance(MINUTE)
  expect((await heard).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(world.server.counts().refreshes).toBe(0)

  world.server.heal()
  if (!fault) tab.network.goOnline()
  await world.advance(2 * MINUTE)
  expect(auth.getState()).toMatchObject(idle)
}

/** Seconds between the tries of a renewal of which some fail. */
async function triesOf(fault: WorldFault, tries: number): Promise<readonly number[]> {
  const world = createWorld()
  const tab = world.openTab()
  const auth = openPage(tab, { random: () => 1 })
  await auth.signIn(ann)
  world.server.fault(fault)
  const at: number[] = []
  for (let second = 0; at.length < tries; second += 1) {
    const before = world.server.counts().refreshes
    await world.advance(SECOND)
    expect(auth.getState().user).toMatchObject({ name: 'Ann' })
    if (world.server.counts().refreshes > before) at.push(second)
  }
  await world.advance(0)
  expect(auth.getState()).toMatchObject(idle)
  return at.slice(1).map((second, index) => second - (at[index] ?? 0))
}

/** A page of bkend, whose server ends all sessions when the password changes. */
function openBkend(world: ReturnType<typeof createWorld>) {
  const { fetch, ...parts } = world.openTab().parts
  const client = bkend({
    url: world.origin,
    publishableKey: 'pk_test',
    async fetch(input, init) {
      if (new URL(input as string).pathname !== '/v1/auth/password/change') return fetch(input, init)
      world.server.endSessions('u-ann')
      return Response.json({ message: 'ok' })
    },
  })
  const auth = createAuth({ ...parts, client, fetch })
  auth.subscribe(() => {})
  return auth
}
