/** What is on its way when a session ends. */
import { expect, it } from 'vitest'
import { createDisk, drain, grant, KEY, openTab, refreshing } from './support.ts'

it('new tokens that are being stored when the user signs out are revoked, and never used [I6]', async () => {
  const tab = await refreshing()
  tab.tab.holdStorage()
  tab.client.next('refresh').answer(grant(2))
  await drain()
  void tab.auth.signOut()
  await drain()
  tab.tab.releaseStorage()
  await drain()
  const revoked = tab.client.pending.filter(({ method }) => method === 'signOut').map(({ input }) => input)
  expect(revoked).toContainEqual(expect.objectContaining({ accessToken: 'access-2' }))
  expect([await tab.auth.getAccessToken(), await tab.stored()]).toEqual([null, null])
})

it('a sign-out revokes the tokens that are being stored at once, and once: its page may close before they are', async () => {
  const tab = await refreshing()
  tab.tab.holdStorage()
  tab.client.next('refresh').answer(grant(2))
  await drain()
  void tab.auth.signOut()
  const revoked = () => tab.client.pending.filter(({ method }) => method === 'signOut').map(({ input }) => input)
  await drain()
  expect(revoked()).toEqual([expect.objectContaining({ accessToken: 'access-2' })])
  tab.tab.releaseStorage()
  await drain()
  expect(revoked()).toHaveLength(1)
})

it('a session that was refused is not taken up again from a record that comes back [I6]', async () => {
  const disk = createDisk()
  const tab = await refreshing({ storage: disk.storage })
  const before = structuredClone(disk.record)
  tab.client.next('refresh').fail('session-expired')
  await drain()
  expect(tab.status()).toBe('expired')
  disk.records.set(KEY, { ...before, revision: 'of a tab that was slow' })
  tab.network.wake()
  await drain()
  expect([tab.status(), tab.auth.getState().user]).toEqual(['expired', null])
})

it('a session that the user signed out of is not taken up again from a record that comes back [I6]', async () => {
  const disk = createDisk()
  const tab = openTab({ storage: disk.storage })
  await tab.signIn()
  const before = structuredClone(disk.record)
  void tab.auth.signOut()
  await drain()
  tab.client.next('signOut').answer()
  await drain()
  disk.records.set(KEY, { ...before, revision: 'of a tab that was slow' })
  tab.network.wake()
  await drain()
  expect([tab.status(), tab.auth.getState().user]).toEqual(['signedOut', null])
})
