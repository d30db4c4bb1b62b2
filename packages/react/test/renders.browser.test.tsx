import { fakeClock, fakeNetwork } from '@authchart/core/testing'
import { AuthProvider, Can, Protected, useAuth, useAuthState, useCan, useRequiredUser, useUser } from '@authchart/react'
import { StrictMode, Suspense, useState } from 'react'
import { flushSync } from 'react-dom'
import { createRoot } from 'react-dom/client'
import { expect, inject, test } from 'vitest'
import { cdp } from 'vitest/browser'
import { render } from 'vitest-browser-react'
import { ann, createServer, createTestAuth, signIn, type User } from './server.ts'

const renewals = inject('suite') === 'whole' ? 100 : 10
test(`${renewals} renewals with an equal but new user: none of 1,000 components that read it renders anew`, async () => {
  const server = createServer()
  const clock = fakeClock()
  const auth = createTestAuth(server, { clock, network: fakeNetwork(), refreshBefore: 600_000 })
  await signIn(auth, server)
  let renders = 0
  function Reader() {
    renders += 1
    return (useUser() as User).name
  }
  function RequiringReader() {
    renders += 1
    return (useRequiredUser('isAdmin') as User).name
  }
  function Asker() {
    renders += 1
    return String(useCan('isAdmin'))
  }
  function Commander() {
    renders += 1
    return typeof useAuth().signOut
  }
  const kinds = [Reader, RequiringReader, Asker, Commander]
  await render(
    <AuthProvider auth={auth}>
      <Suspense>
        {Array.from({ length: 1000 }, (_, at) => {
          const Kind = kinds[at % kinds.length] ?? Reader
          return <Kind key={at} />
        })}
      </Suspense>
    </AuthProvider>,
  )
  expect([renders, auth.listeners()]).toEqual([1000, 250 + 2 * 250 + 250])

  clock.advance(60_000) // from here on the sign-in is no recent one: a guard says so, and no component asks it
  expect(renders).toBe(1000)

  let states = 0
  auth.subscribe(() => (states += 1))
  let elapsed = 60_000
  const renewWhenDue = async (user: User): Promise<void> => {
    clock.advance(3_000_000 - elapsed)
    elapsed = 0
    const request = await server.next('refresh')
    request.answer(server.grant(user))
    await expect.poll(() => auth.getState().status).toBe('authenticated')
    flushSync(() => {})
  }
  for (let at = 0; at < renewals; at += 1) await renewWhenDue({ ...ann })
  expect(states).toBe(2 * renewals)
  expect(renders).toBe(1000)

  await renewWhenDue({ ...ann, name: 'Anna' })
  expect(renders).toBe(1500)
})

interface Devtools {
  send(method: 'HeapProfiler.collectGarbage'): Promise<unknown>
}

const mounts = inject('suite') === 'whole' ? 10_000 : 1000
test(`${mounts} mounts in StrictMode leave no listener behind, and nothing that a component held [I3]`, async () => {
  const server = createServer()
  const auth = createTestAuth(server)
  await signIn(auth, server)
  const container = document.createElement('div')
  const held: WeakRef<object>[] = []
  function hold(): object {
    const thing = {}
    held.push(new WeakRef(thing))
    return thing
  }
  function Name() {
    const [thing] = useState(hold)
    // what keeps this selector keeps the thing
    const name = useAuthState(({ user }) => (thing ? (user as User).name : ''))
    return (useRequiredUser() as User).name && name
  }
  const page = (
    <StrictMode>
      <AuthProvider auth={auth}>
        <Suspense>
          <Name />
        </Suspense>
        <Protected guard="isAdmin">
          <Can guard="isAdmin">admin</Can>
        </Protected>
      </AuthProvider>
    </StrictMode>
  )
  for (let at = 0; at < mounts; at += 1) {
    const root = createRoot(container)
    flushSync(() => root.render(page))
    if (at === 0) expect([container.textContent, auth.listeners()]).toEqual(['Annadmin', 5])
    flushSync(() => root.unmount())
  }
  expect(auth.listeners()).toBe(0)
  expect(held.length).toBeGreaterThanOrEqual(mounts)

  const countHeld = async (): Promise<number> => {
    await (cdp() as Devtools).send('HeapProfiler.collectGarbage')
    return held.filter((thing) => thing.deref() !== undefined).length
  }
  // React keeps a little of the last root, and a collection that is under way takes what came after it the next time
  await expect.poll(countHeld).toBeLessThan(10)
})

test('unmounted while a sign-in and a renewal are on their way: each is sent once and arrives', async () => {
  const server = createServer()
  const auth = createTestAuth(server)
  function Name() {
    return (useUser() as User | null)?.name ?? 'nobody'
  }
  const page = (
    <StrictMode>
      <AuthProvider auth={auth}>
        <Name />
      </AuthProvider>
    </StrictMode>
  )
  const first = await render(page)
  const signedIn = auth.signIn({ email: 'ann@example.com', password: 'correct' })
  const request = await server.next('signIn')
  await first.unmount()
  const second = await render(page)
  request.answer(server.grant(ann))
  await signedIn
  await expect.element(second.getByText('Ann')).toBeInTheDocument()

  const renewed = auth.refresh()
  const renewal = await server.next('refresh')
  await second.unmount()
  expect(auth.listeners()).toBe(0)
  renewal.answer(server.grant({ ...ann, name: 'Anna' }))
  await renewed

  expect(server.calls).toEqual(['signIn', 'refresh'])
  const third = await render(page)
  await expect.element(third.getByText('Anna')).toBeInTheDocument()
})
