/** What the device does: its clock, its sleep and its disk. */
import type { AuthError, AuthStorage } from '@authchart/core'
import { createWorld } from '@authchart/core/testing/world'
import { expect } from 'vitest'
import { ann, DAY, DUE, HOUR, MINUTE, oneTab, openPage, twoTabs, type Stories } from './story.ts'

const isSignedIn = { status: 'authenticated', renewal: 'idle', user: { name: 'Ann' } } as const

export const device: Stories = {
  'the clock of the device is wrong, or is put forward or back': {
    sees: 'Nothing, as long as the session can be renewed: times are counted and not read.',
    does: 'Nothing.',
    async run() {
      for (const off of [-3 * DAY, -10 * MINUTE, 10 * MINUTE, 3 * DAY]) {
        const { world, auth } = await oneTab(createWorld({ server: { ahead: off } }))
        await world.advance(3 * HOUR)
        expect(auth.getState(), `wrong by ${off}`).toMatchObject(isSignedIn)
        expect(world.server.counts().refreshes, `wrong by ${off}`).toBe(5)
        world.jump(off)
        await world.advance(3 * HOUR)
        expect(auth.getState(), `set by ${off}`).toMatchObject(isSignedIn)
        // each 33 minutes; a clock that is put forward may look like a sleep
        const { refreshes } = world.server.counts()
        expect([10, 11], `set by ${off}`).toContain(refreshes)
        expect(world.server.problems).toEqual([])
      }
    },
  },
  'the device sleeps over the end of the access token': {
    sees: 'The token is renewed at the wake-up, once for all tabs.',
    does: 'Nothing.',
    async run() {
      const { world, one, two } = await twoTabs()
      await world.sleep(8 * HOUR)
      await world.advance(0)
      expect(world.server.counts()).toMatchObject({ refreshes: 1, replays: 0 })
      for (const auth of [one, two]) expect(auth.getState()).toMatchObject(isSignedIn)
      expect(await one.getAccessToken()).toMatch(/access-2$/)
      expect(await two.getAccessToken()).toBe(await one.getAccessToken())
      expect(world.server.counts()).toMatchObject({ refreshes: 1, replays: 0 })
    },
  },
  'the disk is full, or the browser forbids the storage': {
    sees: "The user stays signed in as long as the page is open. `state.persistence` is `'memory'`.",
    does: "Warn before a reload, if that matters. `onWarning` is told `'storage-unavailable'`.",
    async run() {
      for (const kind of ['full', 'forbidden'] as const) {
        const { world, auth, warnings } = await onDisk(kind)
        await world.advance(3 * HOUR)
        expect(auth.getState(), kind).toMatchObject({ ...isSignedIn, persistence: 'memory' })
        expect(new Set(warnings)).toEqual(new Set(['storage-unavailable']))
        expect(world.server.problems).toEqual([])
      }
    },
  },
  'the storage fails in every way while the page is open': {
    sees: "The user stays signed in until 2 to 3 minutes after the access token ends. Then the status is `expired` with the reason `'access-token-expired'`: the next page may find the token in the storage, so this page does not send it.",
    does: "Let the user save their work. `state.error` is `'storage-unavailable'` when a renewal is due.",
    async run() {
      const { world, tab, auth } = await oneTab()
      tab.breakStorage()
      await world.advance(DUE + MINUTE)
      expect(auth.getState()).toMatchObject({ status: 'authenticated', error: { code: 'storage-unavailable' } })
      await world.advance(HOUR + 2 * MINUTE - (DUE + MINUTE))
      expect(auth.getState()).toMatchObject({ status: 'authenticated', user: { name: 'Ann' } })
      await world.advance(MINUTE)
      expect(auth.getState()).toMatchObject({ status: 'expired', reason: 'access-token-expired' })
      expect(world.server.counts().refreshes).toBe(0)
    },
  },
  "the user clears the site's data": {
    sees: 'No user, in a tab that wakes up or opens, and in every tab at the next renewal.',
    does: 'Nothing.',
    async run() {
      const { world, first, one, two } = await cleared()
      expect([one, two].map((auth) => auth.getState().user?.name)).toEqual(['Ann', 'Ann'])
      first.network.wake()
      const next = openPage(world.openTab())
      await world.advance(0)
      expect([one, two, next].map((auth) => auth.getState().status)).toEqual([
        'signedOut',
        'authenticated',
        'anonymous',
      ])

      const again = await cleared()
      await again.world.advance(DUE)
      expect([again.one, again.two].map((auth) => auth.getState().status)).toEqual(['signedOut', 'signedOut'])
    },
  },
}

/** Ann's page on a disk that takes nothing (it can still be read, and deleted from), or that may not be used at all. */
async function onDisk(kind: 'full' | 'forbidden') {
  const world = createWorld()
  const tab = world.openTab()
  const warnings: string[] = []
  let isFull = false
  if (kind === 'forbidden') tab.breakStorage()
  const storage: AuthStorage = {
    ...tab.parts.storage,
    async compareAndSet(key, expected, next) {
      if (isFull && next) throw new DOMException('The disk is full', 'QuotaExceededError')
      return tab.parts.storage.compareAndSet(key, expected, next)
    },
  }
  const onWarning = ({ code }: AuthError) => void warnings.push(code)
  const auth = openPage({ parts: { ...tab.parts, storage } }, { onWarning })
  await Promise.all([auth.signIn(ann), world.advance(MINUTE)])
  isFull = true
  return { world, auth, warnings }
}

/** Two tabs whose browser has forgotten the record and the word beside it. */
async function cleared() {
  const tabs = await twoTabs()
  const { storage } = tabs.first.parts
  const [key = ''] = tabs.world.browser.keys()
  const { revision } = (await storage.read(key)) as { readonly revision: string }
  await storage.compareAndSet(key, revision, null)
  storage.twin?.write(key, null)
  return tabs
}
