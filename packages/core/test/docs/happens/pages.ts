/** Pages that close, open and come back, and what other pages do meanwhile. */
import { createWorld } from '@authchart/core/testing/world'
import { expect, vi } from 'vitest'
import { ada as cookieUser, until, world as cookieWorld } from '../../cookie/page.ts'
import { ada as workerUser, slowRefresh, world as workerWorld } from '../../worker/page.ts'
import { bob, DAY, HOUR, MINUTE, oneTab, openPage, twoTabs, type Stories } from './story.ts'

export const pages: Stories = {
  'a tab is closed': {
    sees: 'The session goes on in the other tabs, and in the next page.',
    does: 'Nothing.',
    async run() {
      const { world, first, second, two } = await twoTabs()
      first.kill()
      await world.advance(2 * HOUR)
      expect(two.getState()).toMatchObject({ status: 'authenticated', renewal: 'idle' })
      second.kill()
      await world.advance(DAY)
      const next = openPage(world.openTab())
      await world.advance(0)
      expect(next.getState()).toMatchObject({ status: 'authenticated', confirmed: true, user: { name: 'Ann' } })
      expect(world.server.problems).toEqual([])
    },
  },
  'a page closes or reloads in the middle of a renewal': {
    sees: "The user stays signed in until the access token ends. Then the status is `expired` with the reason `'refresh-indeterminate'`: the server has a new token, and its answer is lost with the page.",
    does: 'Ask the user to sign in again. In a [worker](worker.md) or a [cookie](cookie.md) nothing is lost.',
    async run() {
      await losesARenewal()
      await losesNothingInAWorker()
      await losesNothingInACookie()
    },
  },
  'a page closes right after `signOut()`': {
    sees: 'No user, in the next page too. The server is told.',
    does: 'Nothing: [a note](refresh.md#when-a-page-dies) is written at once.',
    async run() {
      const { world, tab, auth } = await oneTab()
      void auth.signOut()
      expect(auth.getState().user).toBe(null)
      tab.kill()
      const next = openPage(world.openTab())
      await world.advance(0)
      expect(next.getState()).toMatchObject({ status: 'anonymous', user: null })
      expect(world.server.sessionsOf('u-ann')).toBe(0)
    },
  },
  'another tab signs out': {
    sees: "The status is `signedOut` with the reason `'signed-out-elsewhere'`, at once.",
    does: 'Nothing. Guards and routes close by themselves.',
    async run() {
      const { world, one, two } = await twoTabs()
      expect(two.can('isAdmin')).toBe(true)
      void one.signOut()
      // no time passes
      await world.advance(0)
      expect(two.getState()).toMatchObject({ status: 'signedOut', reason: 'signed-out-elsewhere', user: null })
      expect(two.can('isAdmin')).toBe(false)
      await expect(two.requireUser()).rejects.toMatchObject({ code: 'not-authenticated' })
    },
  },
  'another tab signs in as another user': {
    sees: 'This tab shows the new user. A request that was asked for as the user before is never sent as the new one (`identity-changed`).',
    does: 'Forget what the app loaded for the user before: [recipes](recipes.md).',
    async run() {
      const arrived: (string | null)[] = []
      const { world, one, two } = await twoTabs(createWorld({ onArrived: (_, { token }) => void arrived.push(token) }))
      // it waits for the renewal of its token
      world.server.fault({ kind: 'slow', method: 'refresh', seconds: 10, times: 2 })
      await world.sleep(2 * HOUR)
      const asked = two
        .fetch(`${world.origin}/notes`, { method: 'POST', body: 'of Ann' })
        .catch((error: unknown) => error)
      await one.signIn(bob)
      await world.advance(MINUTE)
      expect(two.getState()).toMatchObject({ status: 'authenticated', user: { name: 'Bob' } })
      expect(await asked).toMatchObject({ code: 'identity-changed' })
      expect(arrived).toEqual([])
    },
  },
  'a page comes back by the back button': {
    sees: 'The user is shown only if the session still goes on.',
    does: 'Nothing: it is [checked before the first frame](refresh.md#when-a-page-comes-back).',
    async run() {
      const { world, first, second, one, two } = await twoTabs()
      second.network.wake(true)
      await world.advance(0)
      expect(two.getState()).toMatchObject({ status: 'authenticated', user: { name: 'Ann' } })

      // what is in the back-forward cache hears nothing
      const deaf = world.openTab()
      const away = openPage({ parts: { ...deaf.parts, tabs: { lock: deaf.parts.tabs.lock, open: silence } } })
      await world.advance(0)
      expect(away.getState().user).toMatchObject({ name: 'Ann' })
      void one.signOut()
      await world.advance(0)
      expect(away.getState().user).toMatchObject({ name: 'Ann' })
      first.kill()
      deaf.network.wake(true)
      expect(away.getState().user).toBe(null)
    },
  },
}

const silence = () => ({ post() {}, close() {} })

async function losesARenewal(): Promise<void> {
  const { world, tab, auth } = await oneTab()
  world.server.fault({ kind: 'slow', method: 'refresh', seconds: 10 })
  void auth.refresh().catch(() => {})
  await world.advance(0)
  expect(world.server.counts().refreshes).toBe(1)
  tab.kill()
  const next = openPage(world.openTab())
  await world.advance(59 * MINUTE)
  expect(next.getState()).toMatchObject({ status: 'authenticated', renewal: 'indeterminate', user: { name: 'Ann' } })
  await world.advance(MINUTE)
  expect(next.getState()).toMatchObject({ status: 'expired', reason: 'refresh-indeterminate' })
  expect(world.server.counts()).toMatchObject({ refreshes: 1, replays: 0 })
}

async function losesNothingInAWorker(): Promise<void> {
  const { upstream, begun, go } = slowRefresh()
  const { open, clock, close } = workerWorld(upstream)
  try {
    const page = open()
    await page.auth.signIn(workerUser)
    clock.advance(2 * HOUR)
    void page.auth.refresh().catch(() => {})
    await begun
    page.kill()
    const { auth } = open()
    const there = until(auth, (state) => state.status === 'authenticated' && state.renewal === 'idle')
    go()
    await there
    expect(await auth.getAccessToken()).toBe('canary-access-2')
    expect(upstream.replays()).toBe(0)
  } finally {
    close()
    vi.unstubAllGlobals()
  }
}

async function losesNothingInACookie(): Promise<void> {
  const { open, clock, line, upstream } = cookieWorld()
  const page = open()
  await page.signIn(cookieUser)
  clock.advance(2 * HOUR)
  line.losesAnswers = true
  await page.refresh().catch(() => {})
  page.destroy()
  line.losesAnswers = false
  const next = open()
  await until(next, (state) => state.status === 'authenticated' && state.confirmed)
  expect(upstream.log.filter((call) => call === 'refresh')).toHaveLength(1)
  expect(upstream.replays()).toBe(0)
}
