import type { AuthError } from '@authchart/core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { ann, createServer, createTestAuth, signIn, type TestAuth } from '../server.ts'
import { createStage, reader, see, type Open } from './promises.ts'

/** What another copy of the core rejects with: no instance of the class that is imported here. */
const ofAnotherCopy = (code: AuthError['code']): Error => Object.assign(new Error(code), { name: 'AuthError', code })

export function describeOpenPages(name: string, open: Open): void {
  describe(`${name} opens to all what is meant for all, and nothing else`, () => {
    const start = createStage(open)
    afterEach(() => vi.restoreAllMocks())

    test.each([
      'capacitor://localhost',
      'ionic://localhost',
      'app://-',
      'chrome-extension://abcdef',
      'file:///app/index.html',
    ])(
      'signed out, on a page of %s, a guarded page is closed, and the sign-in leads back to it [A1a]',
      async (base) => {
        const server = createServer()
        const auth = createTestAuth(server)
        const stage = await start(auth, { at: '/posts/1?a=1#b', base })
        await see(stage).at('/sign-in?returnTo=%2Fposts%2F1%3Fa%3D1%23b', 'sign-in')

        await signIn(auth, server)
        await see(stage).at('/posts/1?a=1#b', 'posts of 1 for Ann')
      },
    )

    test.each(['browser', 'hash'] as const)(
      'the way to the sign-in page and back stays at the address of the app, with a %s history [A1a, A5]',
      async (kind) => {
        const server = createServer()
        const auth = createTestAuth(server)
        const page = location.pathname
        history.replaceState(null, '', page) // TanStack's hash history takes the query of the page into its addresses
        const stage = await start(auth, { at: '/posts/1?a=1', history: kind })
        await see(stage).at('/sign-in?returnTo=%2Fposts%2F1%3Fa%3D1', 'sign-in')
        const shows = () => (kind === 'hash' ? location.hash : location.pathname + location.search)
        const mark = kind === 'hash' ? '#' : ''
        expect(shows()).toBe(`${mark}/sign-in?returnTo=%2Fposts%2F1%3Fa%3D1`)
        if (kind === 'hash') expect(location.pathname).toBe(page)

        await signIn(auth, server)
        await see(stage).at('/posts/1?a=1', 'posts of 1 for Ann')
        expect(shows()).toBe(`${mark}/posts/1?a=1`)
        void auth.signOut()
        await see(stage).at('/sign-in', 'sign-in')
      },
    )

    test.each([
      '/#/sign-in',
      '#/sign-in',
      '',
      'sign-in',
      'https://auth.example.com/sign-in',
      '//auth.example.com/sign-in',
    ])('signIn %j is refused before any page opens [A2a]', async (signIn) => {
      await expect(start(createTestAuth(createServer()), { at: '/posts/1', signIn })).rejects.toThrow(/^signIn: /)
    })

    test.each(['/', '/posts/1', '/admin'])(
      'a sign-in page that is no page to sign in (%j) stays closed, and says what it lacks [A2a]',
      async (signIn) => {
        const stage = await start(createTestAuth(createServer()), { at: '/de/account', signIn })
        const closed = 'error: Error: Give the sign-in page `signInPage`.'
        await see(stage).at(`${signIn}?returnTo=%2Fde%2Faccount`, signIn === '/' ? 'home' : closed)
        expect(stage.looks()).toBeLessThan(4)
      },
    )

    test('a guarded sign-in page without signInPage stays closed, and says what it lacks [A2a]', async () => {
      const mistakes = ['sign-in is protected and not given signInPage'] as const
      const stage = await start(createTestAuth(createServer()), { at: '/posts/1', mistakes })
      await see(stage).at('/sign-in?returnTo=%2Fposts%2F1', 'error: Error: Give the sign-in page `signInPage`.')
      expect(stage.looks()).toBeLessThan(4)
    })

    test('a user without the role of the pages around the sign-in page goes on from there', async () => {
      const server = createServer()
      const auth = createTestAuth(server)
      const mistakes = ['sign-in is below a page for admins'] as const
      const stage = await start(auth, { at: '/posts/1', mistakes })
      await see(stage).at('/sign-in?returnTo=%2Fposts%2F1', 'sign-in')
      await signIn(auth, server, reader)
      await see(stage).at('/posts/1', 'posts of 1 for Ann')
    })

    test.each(['not-authenticated', 'session-expired'] as const)(
      'an error of another copy of the core, %s, leads to the sign-in page, too [F1d]',
      async (code) => {
        const auth = createTestAuth(createServer())
        const other: TestAuth = { ...auth, requireUser: () => Promise.reject(ofAnotherCopy(code)) }
        const stage = await start(other, { at: '/posts/1' })
        await see(stage).at('/sign-in?returnTo=%2Fposts%2F1', 'sign-in')
      },
    )

    test('an error of another copy of the core, forbidden, leads to the page that says so [F1d]', async () => {
      const auth = createTestAuth(createServer())
      const other: TestAuth = { ...auth, requireUser: () => Promise.reject(ofAnotherCopy('forbidden')) }
      const stage = await start(other, { at: '/posts/1' })
      await see(stage).at('/forbidden', 'forbidden')
    })

    test.each([undefined, null, '', 'isAdmn', 7, {}])(
      'requireUser(%j) is closed to a signed-in user: it was given a guard, and that is none [K7b]',
      async (is) => {
        const server = createServer()
        const auth = createTestAuth(server)
        await signIn(auth, server, ann)
        const stage = await start(auth, { at: '/admin', guard: { is } })
        await see(stage).at('/forbidden', 'forbidden')
      },
    )
  })
}
