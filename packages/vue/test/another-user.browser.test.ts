import { Can, createAuthPlugin, Protected, useUser } from '@authchart/vue'
import { afterEach, expect, test } from 'vitest'
import { createApp, defineComponent, h, KeepAlive, nextTick, shallowRef, watchEffect, type App, type VNode } from 'vue'
import { bob, expire } from './routes.ts'
import { ann, createServer, createTestAuth, renew, signIn, type TestAuth, type User } from './server.ts'

let app: App | undefined
const root = document.createElement('div')
afterEach(() => {
  app?.unmount()
  root.remove()
})

/** Keeps what is typed into it. */
const Draft = defineComponent({
  name: 'Draft',
  data: () => ({ text: '' }),
  render(this: { text: string }) {
    return h('input', { value: this.text, onInput: (event: Event) => (this.text = draft(event.target).value) })
  },
})
const draft = (input: EventTarget | null) => input as HTMLInputElement

function mount(auth: TestAuth, view: () => VNode) {
  app = createApp({ render: view }).use(createAuthPlugin(auth))
  document.body.append(root)
  app.mount(root)
  return { read: () => root.querySelector('input')?.value ?? root.textContent }
}

async function type(text: string): Promise<void> {
  const input = draft(root.querySelector('input'))
  input.value = text
  input.dispatchEvent(new Event('input'))
  await nextTick()
}

/** A page of Ann, who has typed this into it. */
async function typed(view: () => VNode, text: string) {
  const server = createServer()
  const auth = createTestAuth(server)
  await signIn(auth, server)
  const { read } = mount(auth, view)
  await type(text)
  return { server, auth, read }
}

const slots = { default: () => h(Draft), fallback: () => 'closed' }
const views: [string, () => VNode][] = [
  ['a protected view', () => h(Protected, null, slots)],
  ['a protected view with a guard', () => h(Protected, { guard: 'isAdmin' }, slots)],
  ['a piece of a page', () => h(Can, { guard: 'isAdmin' }, slots)],
  ['a protected view that is kept alive', () => h(KeepAlive, null, { default: () => h(Protected, null, slots) })],
  ['a protected view that keeps its content alive', () => h(Protected, null, () => h(KeepAlive, null, () => h(Draft)))],
]

test.each(views)(
  'what one user left in %s, another who signs in over that session is not shown [K8]',
  async (_, view) => {
    const { server, auth, read } = await typed(view, 'secret of Ann')

    await signIn(auth, server, bob)
    await nextTick()

    expect(read()).toBe('')
  },
)

test.each(views)(
  'what one user left in %s, another who signs in after a sign-out is not shown [K8]',
  async (_, view) => {
    const { server, auth, read } = await typed(view, 'secret of Ann')

    void auth.signOut()
    await signIn(auth, server, bob)
    await nextTick()

    expect(read()).toBe('')
  },
)

test.each(views)(
  'what a user left in %s stays while that user is renewed, renamed and signs in once more [K8]',
  async (_, view) => {
    const { server, auth, read } = await typed(view, 'a draft')

    await renew(auth, server, { ...ann, name: 'Anna' })
    await nextTick()
    await signIn(auth, server, { ...ann, name: 'Anne' })
    await nextTick()

    expect(read()).toBe('a draft')
  },
)

/** A page that is kept alive beside the sign-in page, with the key that the guide gives it. */
const App = defineComponent(() => {
  const user = useUser()
  const owner = shallowRef('')
  watchEffect(() => (owner.value = (user.value as User | null)?.id ?? owner.value))
  return () => h(KeepAlive, { key: owner.value }, () => h(user.value ? Draft : SignIn))
})
const SignIn = () => 'sign in'

test('a page that is kept alive has its draft when the same user is back, and not when another one comes [K8]', async () => {
  const server = createServer()
  const auth = createTestAuth(server)
  await signIn(auth, server)
  const { read } = mount(auth, () => h(App))
  await type('a draft')
  await expire(auth, server)
  await nextTick()
  expect(read()).toBe('sign in')

  await signIn(auth, server)
  await nextTick()
  expect(read()).toBe('a draft')
  await expire(auth, server)
  await signIn(auth, server, bob)
  await nextTick()

  expect(read()).toBe('')
})
