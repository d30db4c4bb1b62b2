import { hasRecentSignIn } from '@authchart/core'
import { drain, fakeClock } from '@authchart/core/testing'
import { Can, Protected, useAuthState, useCan, useUser } from '@authchart/vue'
import { expect, test } from 'vitest'
import { defineComponent, h, nextTick, resolveDirective, withDirectives } from 'vue'
import { ann, createServer, createTestAuth, renew, signIn, type TestAuth, type User } from './server.ts'
import { show } from './shown.ts'

const Everything = defineComponent(() => {
  const user = useUser()
  const status = useAuthState((state) => state.status)
  const isAdmin = useCan('isAdmin')
  const vCan = resolveDirective('can')
  return () => [
    h('i', `${(user.value as User | null)?.role ?? status.value}`),
    h(Protected, { guard: 'isAdmin' }, () => h('b', { class: 'open' }, 'protected')),
    h(Can, { guard: 'isAdmin' }, () => h('b', { class: 'open' }, 'can')),
    isAdmin.value && h('b', { class: 'open' }, 'useCan'),
    withDirectives(h('b', 'v-can'), [[vCan, 'isAdmin']]),
  ]
})

/** What is open each time the user could see it: whenever the document changed and the code that changed it is done. */
async function watchScreen(auth: TestAuth) {
  const screens: string[] = []
  const { container } = await show(auth, Everything)
  const note = () => {
    const open = [...container.querySelectorAll<HTMLElement>('b')].filter(
      (el) => getComputedStyle(el).display !== 'none',
    )
    screens.push(`${container.querySelector('i')?.textContent}: ${open.map((el) => el.textContent).join(' ')}`)
  }
  note()
  const observer = new MutationObserver(note)
  observer.observe(container, { subtree: true, childList: true, characterData: true, attributes: true })
  return { screens, stop: () => observer.disconnect() }
}

const all = 'protected can useCan v-can'

test.each<[string, (auth: TestAuth, server: ReturnType<typeof createServer>) => Promise<unknown>, string]>([
  ['the role goes away', (auth, server) => renew(auth, server, { ...ann, role: 'reader' }), 'reader'],
  ['the user signs out', async (auth) => void auth.signOut(), 'signingOut'],
])('everything that a guard kept open closes in one flush when %s', async (_, happen, word) => {
  const server = createServer()
  const auth = createTestAuth(server)
  await signIn(auth, server)
  const { screens, stop } = await watchScreen(auth)

  await happen(auth, server)
  await nextTick()
  await nextTick()
  stop()

  expect(screens).toEqual([`admin: ${all}`, `${word}: `])
})

test('everything that a guard kept closed opens in one flush, too', async () => {
  const server = createServer()
  const auth = createTestAuth(server)
  await signIn(auth, server, { ...ann, role: 'reader' })
  const { screens, stop } = await watchScreen(auth)

  await renew(auth, server, ann)
  await nextTick()
  stop()

  expect(screens).toEqual(['reader: ', `admin: ${all}`])
})

test('a guard about the age of the sign-in closes everything that it kept open by itself, in one flush', async () => {
  const server = createServer()
  const clock = fakeClock()
  const guards = { isAdmin: hasRecentSignIn(60_000), canEdit: () => false }
  const auth = createTestAuth(server, { clock, guards: guards as never })
  await signIn(auth, server)
  const { screens, stop } = await watchScreen(auth)

  clock.advance(60_000)
  await drain()
  await nextTick()
  stop()

  expect(screens).toEqual([`admin: ${all}`, 'admin: '])
})
