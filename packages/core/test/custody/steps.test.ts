/** Where a renewal stands, as an inspector sees it. */
import { expect, it } from 'vitest'
import { drain, DUE, grant, openTab, scriptedClient, SECOND, type Credentials, type User } from '../support.ts'

interface Seen {
  readonly type: string
  readonly event?: { readonly type: string; readonly step?: string }
}

function inspected() {
  const steps: string[] = []
  const inspect = (seen: Seen): void => {
    if (seen.type === '@xstate.event' && seen.event?.type === 'refresh.stepped') steps.push(seen.event.step ?? '')
  }
  return { steps, inspect: inspect as never }
}

it('the inspector sees each step of a renewal as it begins', async () => {
  const { steps, inspect } = inspected()
  const answersPing = Object.assign(scriptedClient<User, Credentials>(), { ping: () => Promise.resolve() })
  const { auth, client, clock, signIn } = openTab({ client: answersPing, inspect })
  await signIn()
  clock.advance(DUE)
  await drain()
  expect(steps).toEqual(['lock', 'read', 'probe', 'mark', 'send'])
  client.next('refresh').answer(grant(2, null))
  await drain()
  client.next('getUser').answer({ id: 'u1', name: 'Ann', role: 'editor' })
  await drain()
  expect(steps).toEqual(['lock', 'read', 'probe', 'mark', 'send', 'store', 'identify'])
  expect(auth.getState()).toMatchObject({ status: 'authenticated', renewal: 'idle' })
})

it('the inspector sees a renewal that was refused end with its request', async () => {
  const { steps, inspect } = inspected()
  const { auth, client, signIn } = openTab({ inspect })
  await signIn()
  auth.refresh().catch(() => {})
  await drain()
  client.next('refresh').fail('session-expired')
  await drain()
  expect(steps).toEqual(['lock', 'read', 'mark', 'send'])
  expect(auth.getState()).toMatchObject({ status: 'expired', reason: 'session-expired' })
})

it('a step tells no secret, and changes nothing that the app sees', async () => {
  const { steps, inspect } = inspected()
  const { auth, client, clock, signIn } = openTab({ inspect })
  await signIn()
  const seen: string[] = []
  auth.subscribe(({ status }) => seen.push(status))
  clock.advance(SECOND)
  auth.refresh().catch(() => {})
  await drain()
  client.next('refresh').answer(grant(2))
  await drain()
  expect(steps).toEqual(['lock', 'read', 'mark', 'send', 'store'])
  expect(seen).toEqual(['refreshing', 'authenticated'])
})
