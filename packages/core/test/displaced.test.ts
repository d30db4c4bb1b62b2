/** A renewal of one tab, and a sign-in of another that takes its place in the storage for a moment. */
import { expect, it } from 'vitest'
import { ann, bob, bobsPassword, createDisk, drain, fakeBrowser, fakeClock, grant, openTab, SECOND } from './support.ts'

/** One tab renews, another has written Bob's record and does not know it yet. Then the renewal is answered. */
async function displaced() {
  const disk = createDisk()
  const shared = [{ storage: disk.storage, clock: fakeClock() }, fakeBrowser()] as const
  const one = openTab(...shared)
  const two = openTab(...shared)
  await one.signIn()
  await two.boot()
  void one.auth.refresh().catch(() => {})
  await drain()
  let tell = (): void => {}
  const { compareAndSet } = disk.storage
  Object.assign(disk.storage, {
    async compareAndSet(...args: Parameters<typeof compareAndSet>) {
      const done = await compareAndSet(...args)
      const isBobs = (args[2]?.['user'] as { readonly id?: string } | undefined)?.id === bob.id
      if (isBobs) await new Promise<void>((resolve) => (tell = resolve))
      return done
    },
  })
  void two.auth.signIn(bobsPassword).catch(() => {})
  await drain()
  two.client.next('signIn').answer(grant(7, bob))
  await drain()
  one.client.next('refresh').answer(grant(2))
  await drain()
  return { disk, one, two, tell: () => tell() }
}

it('a renewal lands where another tab gives up the sign-in that had taken its place [J3d]', async () => {
  const { disk, one, two, tell } = await displaced()
  two.auth.cancel()
  tell()
  await drain()
  for (const tab of [one, two]) {
    expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', renewal: 'idle', user: ann })
    expect(await tab.auth.getAccessToken()).toBe('access-2')
  }
  expect(disk.record).toMatchObject({ refreshToken: 'refresh-2', marked: false })
  expect(one.client.has('signOut')).toBe(false)
})

it('a renewal whose place a sign-in of another tab has taken for good is revoked, and never used [J3d]', async () => {
  const { disk, one, two, tell } = await displaced()
  tell()
  await drain()
  for (const tab of [one, two]) {
    expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', user: bob })
    expect(await tab.auth.getAccessToken()).toBe('access-7')
  }
  expect(disk.record).toMatchObject({ refreshToken: 'refresh-7' })
  expect(one.client.next('signOut').input).toMatchObject({ accessToken: 'access-2' })
})

it('a renewal whose place another tab has taken is revoked when the user signs out', async () => {
  const { disk, one } = await displaced()
  void one.auth.signOut()
  await drain()
  const revoked = one.client.pending.filter(({ method }) => method === 'signOut').map(({ input }) => input)
  expect(revoked).toContainEqual(expect.objectContaining({ accessToken: 'access-2' }))
  expect(one.status()).toBe('signingOut')
  expect(disk.record).toBe(null)
})

it('a sign-in whose write is answered too late leaves the mark of the tab that has taken it up, and its token is sent once [R1c, N1a]', async () => {
  const disk = createDisk()
  const clock = fakeClock()
  const browser = fakeBrowser()
  let tell = (): void => {}
  const late = {
    ...disk.storage,
    async compareAndSet(...args: Parameters<typeof disk.storage.compareAndSet>) {
      const done = await disk.storage.compareAndSet(...args)
      await new Promise<void>((resolve) => (tell = resolve))
      return done
    },
  }
  const one = openTab({ storage: late, clock }, browser)
  const two = openTab({ storage: disk.storage, clock }, browser)
  void one.auth.signIn(bobsPassword).catch(() => {})
  await drain()
  one.client.next('signIn').answer(grant(1, bob))
  await drain()
  await two.boot()
  void two.auth.refresh().catch(() => {})
  await drain()
  expect([two.client.spent, disk.record?.['marked']]).toEqual([['refresh-1'], true])

  // the first tab waits no longer, and tries again
  for (let second = 0; second < 5; second += 1) {
    clock.advance(SECOND)
    await drain()
  }
  tell()
  await drain()
  expect(disk.record).toMatchObject({ refreshToken: 'refresh-1', marked: true })

  two.client.next('refresh').answer(grant(2, bob))
  await drain()
  expect(disk.record).toMatchObject({ refreshToken: 'refresh-2', marked: false })
  expect([one.client.spent, two.client.spent]).toEqual([[], ['refresh-1']])
})
