import { Can, Protected, useAuthState, useCan, useUser } from '@authchart/vue'
import { fakeClock } from '@authchart/core/testing'
import { expect, inject, test } from 'vitest'
import { defineComponent, h, nextTick, onUpdated, resolveDirective, withDirectives } from 'vue'
import { ann, createServer, createTestAuth, renew, signIn, type User } from './server.ts'
import { show } from './shown.ts'

const refreshes = inject('suite') === 'whole' ? 100 : 10
test(`${refreshes} refreshes render none of 1,000 components that read the user; another user renders each once`, async () => {
  const server = createServer()
  const clock = fakeClock()
  const auth = createTestAuth(server, { clock })
  await signIn(auth, server)
  let renders = 0
  let updates = 0
  const count = <T>(view: T): T => ((renders += 1), view)
  const reader = (setup: () => () => unknown) =>
    defineComponent(() => {
      const read = setup()
      onUpdated(() => (updates += 1))
      return () => count(h('i', [String(read())]))
    })
  const readers = [
    reader(() => {
      const user = useUser()
      return () => (user.value as User).name
    }),
    reader(() => {
      const name = useAuthState(({ user }) => (user as User | null)?.name)
      return () => name.value
    }),
    reader(() => {
      const parts = useAuthState(
        ({ user }) => ({ ...(user as User) }),
        (before, after) => before.name === after.name,
      )
      return () => parts.value.name
    }),
    reader(() => {
      const isAdmin = useCan('isAdmin')
      const user = useUser()
      return () => (isAdmin.value ? (user.value as User).name : '')
    }),
    defineComponent(() => {
      const user = useUser()
      const vCan = resolveDirective('can')
      onUpdated(() => (updates += 1))
      return () => [
        h(Protected, { guard: 'isAdmin' }, () => count(h('i', [(user.value as User).name]))),
        h(Can, { guard: 'isAdmin' }, () => h('b')),
        withDirectives(h('b'), [[vCan, 'isAdmin']]),
      ]
    }),
  ]
  const { container } = await show(auth, () => Array.from({ length: 200 }, () => readers.map((Reader) => h(Reader))))
  expect(renders).toBe(1000)
  expect(container.querySelectorAll('i').length).toBe(1000)
  renders = 0

  for (let times = 0; times < refreshes; times += 1) {
    clock.advance(50 * 60_000)
    // as JSON comes: equal, and another object each time
    await renew(auth, server, { ...ann })
    await nextTick()
  }
  expect({ renders, updates }).toEqual({ renders: 0, updates: 0 })

  expect(server.calls.filter((call) => call === 'refresh').length).toBe(refreshes)

  clock.advance(50 * 60_000)
  await renew(auth, server, { ...ann, name: 'Anna' })
  await nextTick()
  expect(renders).toBe(1000)
  expect(new Set([...container.querySelectorAll('i')].map((el) => el.textContent))).toEqual(new Set(['Anna']))
})
