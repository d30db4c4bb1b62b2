/** What was given up is answered after all: the screen stays, the session of a late grant is revoked, the record is right. */
import { expect } from 'vitest'
import { drain } from '@authchart/core/testing'
import type { Driver } from './driver.ts'
import { ann } from './events.ts'
import { isHeld, viewIn, type Expected } from './promises.ts'
import { signInMethods, type TestWorld } from './world.ts'

export async function expectLateAnswersChangeNothing(now: Expected, world: TestWorld, driver: Driver): Promise<void> {
  if (now.session === 'restoring') return
  world.tab.releaseStorage()
  await drain()
  // with the storage at hand a sign-out that told the server nothing comes to its end
  const isOut = now.session === 'signingOut' && !world.client.has('signOut')
  const granted = await answerSignIns(now, world)
  if (now.session !== 'refreshing') await answerRenewals(world)
  await driver.settle()
  expect(driver.view(), 'late answers change nothing').toEqual(viewIn(isOut ? { ...now, session: 'signedOut' } : now))
  for (const token of granted) expect(revokedIn(world), 'a late grant is revoked').toContain(token)
  await expectRecord(now, world)
}

async function answerSignIns(now: Expected, { client, grant }: TestWorld): Promise<string[]> {
  const asked = client.pending.filter(({ method }) => signInMethods.includes(method))
  const isUnderWay = now.attempt === 'submitting' || now.attempt === 'verifyingCode'
  const granted: string[] = []
  for (const call of isUnderWay ? asked.slice(0, -1) : asked) {
    const late = grant(ann)
    granted.push(late.accessToken)
    call.answer(late)
    await drain()
  }
  return granted
}

async function answerRenewals({ client, renew }: TestWorld): Promise<void> {
  while (client.has('refresh')) {
    renew(client)
    await drain()
  }
}

const revokedIn = ({ client }: TestWorld): unknown[] =>
  client.pending
    .filter(({ method }) => method === 'signOut')
    .map(({ input }) => (input as { accessToken: unknown }).accessToken)

/** The disk shows what the screen shows. */
async function expectRecord(now: Expected, { browser }: TestWorld): Promise<void> {
  if (now.persistence === 'memory') return
  const records = (await Promise.all(browser.keys().map((key) => browser.read(key)))).filter((found) => found !== null)
  const users = records.map((record) => (record as { user?: { name?: string } }).user?.name ?? null)
  if (isHeld(now)) expect(users, 'the record is of the user who is signed in').toEqual([now.user])
  else if (now.session !== 'expired') expect(records, 'nothing is stored when no user is signed in').toEqual([])
}
