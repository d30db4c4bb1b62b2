import { Can, createAuthPlugin, Protected, useAuth, useAuthState, useCan, useUser } from '@authchart/vue'
import { expect, inject, test } from 'vitest'
import { cdp } from 'vitest/browser'
import { createApp, defineComponent, h, nextTick, onMounted, resolveDirective, withDirectives } from 'vue'
import { ann, createServer, createTestAuth, credentials, signIn, type TestAuth, type User } from './server.ts'

const Everything = defineComponent(() => {
  const user = useUser()
  const status = useAuthState((state) => state.status)
  const isAdmin = useCan('isAdmin')
  const vCan = resolveDirective('can')
  return () => [
    h('i', [(user.value as User | null)?.name ?? 'nobody', status.value, String(isAdmin.value)]),
    h(Protected, { guard: 'isAdmin' }, () => 'protected'),
    h(Can, { guard: 'isAdmin' }, () => 'can'),
    withDirectives(h('b'), [[vCan, 'isAdmin']]),
  ]
})

/** On the screen and off it again. Returns an element that was there. */
function mountOnce(auth: TestAuth): WeakRef<Element> {
  const root = document.createElement('div')
  const app = createApp(Everything).use(createAuthPlugin(auth))
  app.mount(root)
  const element = root.querySelector('b') as Element
  app.unmount()
  return new WeakRef(element)
}

/** How many of them something still holds. */
async function held(things: readonly WeakRef<object>[]): Promise<number> {
  const { send } = cdp() as unknown as { send: (method: string) => Promise<unknown> }
  await send('HeapProfiler.collectGarbage')
  return things.filter((thing) => thing.deref() !== undefined).length
}

const mounts = inject('suite') === 'whole' ? 10_000 : 1000
test(`${mounts} mounts leave no listener and no element behind [I3]`, async () => {
  const server = createServer()
  const auth = createTestAuth(server)
  await signIn(auth, server)
  const elements: WeakRef<Element>[] = []
  for (let at = 0; at < mounts; at += 1) {
    elements.push(mountOnce(auth))
    if (at % 100 === 0) await nextTick()
  }

  expect(auth.subscriptions()).toBe(mounts * 6)
  expect(auth.listeners()).toBe(0)
  // Vue keeps a little of the last app, and a collection that is under way takes what came after it the next time
  await expect.poll(() => held(elements)).toBeLessThan(10)
})

test('a page that goes while a sign-in is on its way: one request, and the sign-in goes on without it', async () => {
  const server = createServer()
  const auth = createTestAuth(server)
  const SignInAtOnce = defineComponent(() => {
    const { signIn } = useAuth()
    onMounted(() => void signIn(credentials))
    return () => h(Everything)
  })
  const mount = () => {
    const app = createApp(SignInAtOnce).use(createAuthPlugin(auth))
    app.mount(document.createElement('div'))
    return app
  }
  const first = mount()
  const request = await server.next('signIn')
  first.unmount()
  const second = mount()
  second.unmount()

  request.answer(server.grant(ann))

  await expect.poll(() => auth.getState().status).toBe('authenticated')
  expect(server.calls).toEqual(['signIn'])
  expect(auth.listeners()).toBe(0)
})
