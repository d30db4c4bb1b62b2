/** A word about a token, that it is refused, over or marked, touches no newer one: on the disk, in this tab or in another. */
import type { Tabs } from '@authchart/core'
import { describe, expect, it } from 'vitest'
import {
  ann,
  createDisk,
  DAY,
  drain,
  DUE,
  fakeClock,
  grant,
  HOUR,
  MINUTE,
  openTab,
  SECOND,
  tolerantClient,
  watch,
  type Options,
} from './support.ts'

/** No lock that others respect and no wire: what a robbed lock and a frozen page amount to. */
const apart: Tabs = { lock: (_, work) => work(), open: () => ({ post() {}, close() {} }) }

async function twoTabs(options: () => Options = () => ({})) {
  const disk = createDisk()
  const clock = fakeClock()
  const open = () => openTab({ storage: disk.storage, clock, tabs: apart, ...options() })
  const one = open()
  await one.signIn()
  const two = open()
  await two.boot()
  return { disk, clock, one, two, open }
}

describe('a refusal of an older token', () => {
  /** Two tabs spend one token: the second has its answer already when the first is refused. */
  async function refusedLate(code: 'session-expired' | 'account-banned') {
    const tabs = await twoTabs(() => ({ client: tolerantClient() }))
    const { one, two } = tabs
    void one.auth.refresh().catch(() => {})
    await drain()
    void two.auth.refresh()
    await drain()
    two.client.next('refresh').answer(grant(2))
    await drain()
    one.client.next('refresh').fail(code)
    await drain()
    two.network.wake()
    await drain()
    return tabs
  }

  it('a refusal of an older token does not end the session that has gone on: the tab that was refused takes the newer token up [S3a]', async () => {
    const { disk, one, two } = await refusedLate('session-expired')
    expect(disk.record).toMatchObject({ refreshToken: 'refresh-2' })
    expect([one.auth.getState().user, two.auth.getState().user]).toEqual([ann, ann])
    expect(await one.auth.getAccessToken()).toBe('access-2')
  })

  it('a refusal of an older token ends no newer token although its word is on the disk: the record is written again [S3a]', async () => {
    const { disk, clock, one, two } = await twoTabs()
    void one.auth.refresh()
    await drain()
    one.client.next('refresh').answer(grant(2))
    await drain()
    const { id } = disk.record as { id: string }
    disk.records.set('authchart:https://api.test', {
      version: 1,
      revision: 'older',
      id,
      generation: 1,
      ended: 'session-expired',
      user: ann,
    })
    one.network.wake()
    two.network.wake()
    await drain()
    expect([one.status(), two.status()]).toEqual(['authenticated', 'expired'])
    clock.advance(DUE)
    await drain()
    expect(one.client.spent).toEqual(['refresh-1', 'refresh-2'])
  })

  it('a refusal of an older token that comes with a ban ends all of the session [S3a]', async () => {
    const { disk, one, two } = await refusedLate('account-banned')
    expect([one.status(), two.status(), disk.record]).toEqual([
      'expired',
      'expired',
      expect.objectContaining({ ended: 'account-banned' }),
    ])
  })
})

describe('a tab that found the mark of another one', () => {
  it('a tab that found the mark of another one and slept past the end of its token takes the newer record up, and ends nothing [S3b]', async () => {
    const { disk, clock, one, two } = await twoTabs()
    clock.advance(10 * MINUTE)
    void one.auth.refresh()
    await drain()
    void two.auth.refresh().catch(() => {})
    await drain()
    expect(two.auth.getState()).toMatchObject({ renewal: 'indeterminate' })
    one.client.next('refresh').answer(grant(2))
    await drain()
    const seen: string[] = []
    two.auth.subscribe(({ status }) => void seen.push(status))
    clock.sleep(55 * MINUTE)
    two.network.wake()
    await drain()
    expect(disk.record).toMatchObject({ refreshToken: 'refresh-2' })
    expect([one.auth.getState().user, two.auth.getState().user]).toEqual([ann, ann])
    expect(seen).not.toContain('expired')
  })

  it('a tab that found the mark of another one and was awake until its token ended reads the record before it ends the session [S3b]', async () => {
    const { disk, clock, one, two } = await twoTabs()
    clock.advance(10 * MINUTE)
    void one.auth.refresh()
    await drain()
    void two.auth.refresh().catch(() => {})
    await drain()
    one.client.next('refresh').answer(grant(2))
    await drain()
    clock.advance(50 * MINUTE)
    await drain()
    expect(disk.record).toMatchObject({ refreshToken: 'refresh-2' })
    expect(two.auth.getState()).toMatchObject({ status: 'authenticated', user: ann })
  })

  it('a tab that found the mark of another one when it opened, and slept for a day, reads the record before it ends the session [S3d]', async () => {
    const { disk, clock, one, open } = await twoTabs()
    clock.advance(DUE)
    await drain()
    const three = open()
    await three.boot()
    expect(three.auth.getState()).toMatchObject({ renewal: 'indeterminate' })
    one.client.next('refresh').answer(grant(2))
    await drain()
    clock.sleep(DAY)
    three.network.wake()
    await drain()
    expect(disk.record).toMatchObject({ refreshToken: 'refresh-2' })
  })

  it.each(['wakes up', 'is asked to renew'])(
    'a tab that found the mark of another one goes on when the mark is gone and it %s [M3a]',
    async (how) => {
      const { disk, one, two } = await twoTabs()
      void one.auth.refresh().catch(() => {})
      await drain()
      void two.auth.refresh().catch(() => {})
      await drain()
      one.client.next('refresh').fail('rate-limited')
      await drain()
      expect(disk.record).toMatchObject({ marked: false, refreshToken: 'refresh-1' })
      if (how === 'wakes up') two.network.wake()
      await drain()
      const asked = watch(two.auth.refresh())
      await drain()
      two.client.next('refresh').answer(grant(2))
      await drain()
      expect([asked.now, two.auth.getState()]).toMatchObject(['resolved', { renewal: 'idle' }])
    },
  )

  it('a tab that found the mark of another one still ends the session with its token if the mark stays [S3b]', async () => {
    const { clock, one, two } = await twoTabs()
    void one.auth.refresh().catch(() => {})
    await drain()
    void two.auth.refresh().catch(() => {})
    await drain()
    one.auth.destroy()
    clock.advance(HOUR + SECOND)
    await drain()
    expect(two.auth.getState()).toMatchObject({ status: 'expired', reason: 'refresh-indeterminate' })
  })
})
