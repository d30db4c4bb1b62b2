import { authMachine } from '@authchart/core'
import { expect, it } from 'vitest'
import { createActor } from 'xstate'
import { ann, bob, drain, openTab } from './support.ts'

const isEditor = { type: 'access', guard: 'isEditor', params: [] } as const

it('auths share one chart, and each asks its own guards, effects and custody through it', async () => {
  const [first, second] = [openTab(), openTab()]
  for (const { auth } of [first, second]) expect(auth.actor).toHaveProperty('logic', authMachine)

  await first.signIn(ann)
  expect([first.auth.getState().user, second.auth.getState().user]).toEqual([ann, null])

  await second.signIn(bob, 2)
  expect([first.auth.getState().user, second.auth.getState().user]).toEqual([ann, bob])
  expect(await Promise.all([first.auth.getAccessToken(), second.auth.getAccessToken()])).toEqual([
    'access-1',
    'access-2',
  ])
  const answers = [first, second].map(({ auth }) => auth.actor.getSnapshot().can(isEditor))
  expect(answers).toEqual([true, false])

  const signedOut = first.auth.signOut()
  first.client.next('signOut').answer(undefined)
  await signedOut
  expect([first.auth.getState().user, second.auth.getState().user]).toEqual([null, bob])
})

it('an actor of the chart that createAuth did not make stands idle', async () => {
  const actor = createActor(authMachine, { input: { persistence: 'memory', hint: undefined } })
  actor.start()
  await drain()
  expect(actor.getSnapshot().value).toEqual({ session: 'restoring', attempt: 'early' })
  expect(actor.getSnapshot().can(isEditor)).toBe(false)
  actor.stop()
})
