import { AuthError, type AuthState } from '@authchart/core'
import { memoryStorage } from '@authchart/core/storage'
import { AuthProvider, Protected, useUser } from '@authchart/react'
import { useEffect, useLayoutEffect } from 'react'
import { flushSync } from 'react-dom'
import { expect, test } from 'vitest'
import { render } from 'vitest-browser-react'
import { ann, createServer, createTestAuth, credentials, renew, signIn, type User } from './server.ts'
import { shown } from './shown.ts'

const reasonOf = (state: AuthState) => ('reason' in state ? `${state.status}: ${state.reason}` : state.status)

test('a protected view in every status, mounted once from sign-in to the end of the session', async () => {
  const server = createServer()
  let find = (): void => {}
  const found = new Promise<void>((resolve) => (find = resolve))
  const storage = memoryStorage()
  const auth = createTestAuth(server, { storage: { ...storage, read: (key) => found.then(() => storage.read(key)) } })
  let mounts = 0
  function Secret() {
    useEffect(() => void (mounts += 1), [])
    return 'secret'
  }
  const screen = await render(
    <AuthProvider auth={auth}>
      <Protected pending="pending" fallback={reasonOf}>
        <Secret />
      </Protected>
    </AuthProvider>,
  )
  expect(shown(screen)).toBe('pending')

  find()
  await expect.element(screen.getByText('anonymous')).toBeInTheDocument()

  const challenged = auth.signIn(credentials)
  const first = await server.next('signIn')
  expect(shown(screen)).toBe('authenticating')
  first.answer({ challenge: { kind: 'totp', handle: 'h' } })
  await expect(challenged).rejects.toMatchObject({ code: 'challenge-required' })
  expect(shown(screen)).toBe('challenged')

  const answered = auth.answerChallenge({ code: '123456' })
  const second = await server.next('answerChallenge')
  expect(shown(screen)).toBe('challenged')
  second.answer(server.grant(ann))
  await answered
  expect(shown(screen)).toBe('secret')

  const renewed = auth.refresh()
  const third = await server.next('refresh')
  expect(auth.getState().status).toBe('refreshing')
  expect(shown(screen)).toBe('secret')
  expect(mounts).toBe(1)
  third.refuse(new AuthError('session-expired'))
  await expect(renewed).rejects.toMatchObject({ code: 'session-expired' })
  expect(shown(screen)).toBe('expired: session-expired')
  auth.dismiss()
  expect(shown(screen)).toBe('anonymous')

  await signIn(auth, server)
  expect(shown(screen)).toBe('secret')
  const signedOut = auth.signOut()
  const fifth = await server.next('signOut')
  expect(shown(screen)).toBe('signingOut')
  fifth.answer(undefined)
  await signedOut
  expect(shown(screen)).toBe('signedOut: signed-out')
})

test('a guarded view tells a signed-out user from one with the wrong role', async () => {
  const server = createServer()
  const auth = createTestAuth(server)
  const screen = await render(
    <AuthProvider auth={auth}>
      <Protected guard="isAdmin" fallback={({ user }) => (user ? 'forbidden' : 'sign in')}>
        secret
      </Protected>
    </AuthProvider>,
  )
  await expect.element(screen.getByText('sign in')).toBeInTheDocument()

  await signIn(auth, server, { ...ann, role: 'reader' })
  expect(shown(screen)).toBe('forbidden')

  await renew(auth, server, ann)
  expect(shown(screen)).toBe('secret')
})

test('a guarded view asks its guard with the parameters it has now', async () => {
  const server = createServer()
  const auth = createTestAuth(server)
  await signIn(auth, server)
  const view = (authorId: string) => (
    <AuthProvider auth={auth}>
      <Protected guard="canEdit" params={[{ authorId }]} fallback="forbidden">
        editor
      </Protected>
    </AuthProvider>
  )
  const screen = await render(view('1'))
  expect(shown(screen)).toBe('editor')

  await screen.rerender(view('2'))
  expect(shown(screen)).toBe('forbidden')
})

test('a guarded view is pending until the server confirmed the restored user, an unguarded one is not', async () => {
  const server = createServer()
  const storage = memoryStorage()
  const before = createTestAuth(server, { storage })
  await signIn(before, server)
  before.destroy()

  const auth = createTestAuth(server, { storage })
  const screen = await render(
    <AuthProvider auth={auth}>
      <Protected pending="pending ">open </Protected>
      <Protected guard="isAdmin" pending="pending" fallback="forbidden">
        secret
      </Protected>
    </AuthProvider>,
  )
  const request = await server.next('getUser')
  expect(shown(screen)).toBe('open pending')

  request.answer(ann)
  await expect.element(screen.getByText('open secret')).toBeInTheDocument()
})

test('a guarded view is forbidden when the server confirms a user with another role', async () => {
  const server = createServer()
  const storage = memoryStorage()
  const before = createTestAuth(server, { storage })
  await signIn(before, server)
  before.destroy()

  const auth = createTestAuth(server, { storage })
  const screen = await render(
    <AuthProvider auth={auth}>
      <Protected guard="isAdmin" pending="pending" fallback="forbidden">
        secret
      </Protected>
    </AuthProvider>,
  )
  const request = await server.next('getUser')
  expect(shown(screen)).toBe('pending')

  request.answer({ ...ann, role: 'reader' })
  await expect.element(screen.getByText('forbidden')).toBeInTheDocument()
})

test('a guarded view closes in the commit in which the role goes away', async () => {
  const server = createServer()
  const auth = createTestAuth(server)
  await signIn(auth, server)
  const commits: string[] = []
  const seenInside: (string | undefined)[] = []

  function Secret() {
    seenInside.push((useUser() as User | null)?.role)
    return <p id="secret">secret</p>
  }
  function Witness() {
    const role = (useUser() as User | null)?.role
    useLayoutEffect(
      () => void commits.push(`${role}: ${document.querySelector('#secret') ? 'open' : 'closed'}`),
      [role],
    )
    return null
  }
  await render(
    <AuthProvider auth={auth}>
      <Witness />
      <Protected guard="isAdmin">
        <Secret />
      </Protected>
    </AuthProvider>,
  )
  await renew(auth, server, { ...ann, role: 'reader' })
  flushSync(() => {})

  expect(commits).toEqual(['admin: open', 'reader: closed'])
  expect(seenInside).toEqual(['admin'])
})

test('a first paint from the server opens what asks no guard, and nothing else', async () => {
  const auth = createTestAuth(createServer(), { initialSession: { user: ann } })
  let paint = (_: string | null): void => {}
  const painted = new Promise<string | null>((resolve) => (paint = resolve))
  function Painted() {
    useLayoutEffect(() => paint(document.querySelector('#page')?.textContent ?? null), [])
    return null
  }
  await render(
    <AuthProvider auth={auth}>
      <div id="page">
        <Protected>open </Protected>
        <Protected guard="isAdmin" pending="pending">
          secret
        </Protected>
      </div>
      <Painted />
    </AuthProvider>,
  )

  expect(await painted).toBe('open pending')
})
