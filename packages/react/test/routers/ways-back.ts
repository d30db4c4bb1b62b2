import { AuthError } from '@authchart/core'
import { fakeBrowser } from '@authchart/core/testing'
import { memoryStorage } from '@authchart/core/storage'
import { describe, expect, test } from 'vitest'
import { ann, bob, createServer, createTestAuth, credentials, expire, signIn } from '../server.ts'
import { createStage, see, type Open } from './promises.ts'

export function describeWaysBack(name: string, open: Open): void {
  describe(`${name} leads back to what the user wanted`, () => {
    const start = createStage(open)

    test('a sign-out on purpose leaves no way back: the next user begins at the fallback [F2]', async () => {
      const server = createServer()
      const auth = createTestAuth(server)
      await signIn(auth, server)
      const stage = await start(auth, { at: '/posts/secret?draft=1#notes' })
      await see(stage).at('/posts/secret?draft=1#notes', 'posts of secret for Ann')

      void auth.signOut()
      await see(stage).at('/sign-in', 'sign-in')
      await signIn(auth, server, bob)
      await see(stage).at('/', 'home')
    })

    test('a sign-out on purpose leaves no way back for the same user either, and none once the server has heard of it [F2]', async () => {
      const server = createServer()
      const auth = createTestAuth(server)
      await signIn(auth, server)
      const stage = await start(auth, { at: '/posts/1' })
      await see(stage).at('/posts/1', 'posts of 1 for Ann')

      const signedOut = auth.signOut()
      const request = await server.next('signOut')
      request.answer(undefined)
      await signedOut
      await see(stage).at('/sign-in', 'sign-in')
      await signIn(auth, server)
      await see(stage).at('/', 'home')
    })

    test('a page that was still loading at the sign-out is no way back either [F2]', async () => {
      const server = createServer()
      const storage = memoryStorage()
      await signIn(createTestAuth(server, { storage }), server)
      const auth = createTestAuth(server, { storage })
      const stage = await start(auth, { at: '/' })
      await auth.requireUser()
      stage.go('/admin') // waits for the server to confirm the user
      void auth.signOut()
      await see(stage).at('/sign-in', 'sign-in')
      await signIn(auth, server, bob)
      await see(stage).at('/', 'home')
    })

    test('a session that expired leaves the way back to its own user', async () => {
      const server = createServer()
      const auth = createTestAuth(server)
      await signIn(auth, server)
      const stage = await start(auth, { at: '/posts/1?tab=2' })
      await see(stage).at('/posts/1?tab=2', 'posts of 1 for Ann')

      await expire(auth, server)
      await see(stage).at('/sign-in?returnTo=%2Fposts%2F1%3Ftab%3D2', 'sign-in')
      const refused = auth.signIn(credentials)
      const request = await server.next('signIn')
      request.refuse(new AuthError('invalid-credentials'))
      await expect(refused).rejects.toMatchObject({ code: 'invalid-credentials' })
      await signIn(auth, server, { ...ann, role: 'reader' })
      await see(stage).at('/posts/1?tab=2', 'posts of 1 for Ann')
    })

    test('a session that expired does not lead another user to the page of the one before [F2]', async () => {
      const server = createServer()
      const auth = createTestAuth(server)
      await signIn(auth, server)
      const stage = await start(auth, { at: '/posts/secret' })
      await see(stage).at('/posts/secret', 'posts of secret for Ann')

      await expire(auth, server)
      await see(stage).at('/sign-in?returnTo=%2Fposts%2Fsecret', 'sign-in')
      await signIn(auth, server, bob)
      await see(stage).at('/', 'home')
    })

    test('a session that expired leads no other user to its page where that user signs in in another tab [F2]', async () => {
      const server = createServer()
      const browser = fakeBrowser()
      const [auth, other] = [createTestAuth(server, browser.openTab()), createTestAuth(server, browser.openTab())]
      await signIn(auth, server)
      await other.requireUser()
      const stage = await start(auth, { at: '/posts/secret' })
      await see(stage).at('/posts/secret', 'posts of secret for Ann')

      await expire(auth, server)
      await see(stage).at('/sign-in?returnTo=%2Fposts%2Fsecret', 'sign-in')
      await signIn(other, server, bob)
      await see(stage).at('/', 'home')
    })

    test('a session that expired leads no user to its page where an identity cannot be read, so that it may be another user [F2]', async () => {
      const server = createServer()
      const auth = createTestAuth(server)
      await signIn(auth, server)
      const stage = await start({ ...auth, isSameUser: () => false }, { at: '/posts/1' })
      await see(stage).at('/posts/1', 'posts of 1 for Ann')

      await expire(auth, server)
      await see(stage).at('/sign-in?returnTo=%2Fposts%2F1', 'sign-in')
      await signIn(auth, server)
      await see(stage).at('/', 'home')
    })

    test('a session that expired leads no other user to its page after a sign-out on the sign-in page itself [F2]', async () => {
      const server = createServer()
      const auth = createTestAuth(server)
      await signIn(auth, server)
      const stage = await start(auth, { at: '/posts/secret' })
      await see(stage).at('/posts/secret', 'posts of secret for Ann')
      await expire(auth, server)
      await see(stage).at('/sign-in?returnTo=%2Fposts%2Fsecret', 'sign-in')

      void auth.signOut()
      await signIn(auth, server, bob)
      await see(stage).at('/', 'home')
    })

    test('a guarded link after a sign-out is a new wish, and keeps its way back [F2]', async () => {
      const server = createServer()
      const auth = createTestAuth(server)
      await signIn(auth, server)
      const stage = await start(auth, { at: '/posts/secret' })
      await see(stage).at('/posts/secret', 'posts of secret for Ann')
      void auth.signOut()
      await see(stage).at('/sign-in', 'sign-in')

      stage.go('/public')
      await see(stage).at('/public', 'public')
      stage.go('/admin')
      await see(stage).at('/sign-in?returnTo=%2Fadmin', 'sign-in')
      await signIn(auth, server, bob)
      await see(stage).at('/admin', 'admin for Bob')
    })

    test('Back to a page of the session that was signed out does not give it to the user who signs in next [F2, K17]', async () => {
      const server = createServer()
      const auth = createTestAuth(server)
      await signIn(auth, server)
      const stage = await start(auth, { at: '/' })
      stage.go('/posts/secret')
      await see(stage).at('/posts/secret', 'posts of secret for Ann')
      stage.go('/public')
      await see(stage).at('/public', 'public')
      void auth.signOut()
      await expect.poll(() => auth.getState().status, { timeout: 60_000 }).toBe('signingOut')

      stage.back()
      await see(stage).at('/sign-in', 'sign-in')
      await signIn(auth, server, bob)
      await see(stage).at('/', 'home')
    })

    test('Back from the sign-in page leads out, past pages that are closed by now [K17]', async () => {
      const server = createServer()
      const auth = createTestAuth(server)
      await signIn(auth, server)
      const stage = await start(auth, { at: '/public' })
      await see(stage).at('/public', 'public')
      for (const author of ['1', '2', '3']) {
        stage.go(`/posts/${author}`)
        await see(stage).at(`/posts/${author}`, `posts of ${author} for Ann`)
      }
      void auth.signOut()
      await see(stage).at('/sign-in', 'sign-in')

      for (const looks of [5, 6]) {
        stage.back()
        await expect.poll(stage.looks, { timeout: 60_000 }).toBe(looks)
        await see(stage).at('/sign-in', 'sign-in')
      }
      stage.back()
      await see(stage).at('/public', 'public')
    })

    test('Back to a page of a session that expired keeps the way back for its own user [K17]', async () => {
      const server = createServer()
      const auth = createTestAuth(server)
      await signIn(auth, server)
      const stage = await start(auth, { at: '/public' })
      for (const author of ['1', '2']) {
        stage.go(`/posts/${author}`)
        await see(stage).at(`/posts/${author}`, `posts of ${author} for Ann`)
      }
      await expire(auth, server)
      await see(stage).at('/sign-in?returnTo=%2Fposts%2F2', 'sign-in')

      stage.back()
      await see(stage).at('/sign-in?returnTo=%2Fposts%2F1', 'sign-in')
      await signIn(auth, server)
      await see(stage).at('/posts/1', 'posts of 1 for Ann')
      stage.back()
      await see(stage).at('/public', 'public')
    })

    test('a page that a link opens stays behind the sign-in page: Back leads to where the link was [K17]', async () => {
      const server = createServer()
      const stage = await start(createTestAuth(server), { at: '/public' })
      await see(stage).at('/public', 'public')
      stage.go('/admin')
      await see(stage).at('/sign-in?returnTo=%2Fadmin', 'sign-in')
      stage.back()
      await see(stage).at('/public', 'public')
    })

    test('after creating an account the user goes on as after a sign-in [W3]', async () => {
      const server = createServer()
      const auth = createTestAuth(server)
      const stage = await start(auth, { at: '/admin' })
      await see(stage).at('/sign-in?returnTo=%2Fadmin', 'sign-in')
      stage.go('/sign-up?returnTo=%2Fadmin')
      await see(stage).at('/sign-up?returnTo=%2Fadmin', 'sign-up')

      const created = auth.signUp(credentials)
      const request = await server.next('signUp')
      request.answer(server.grant(bob))
      await created
      await see(stage).at('/admin', 'admin for Bob')
    })

    test('a signed-in user has no business on the page for new accounts [W3]', async () => {
      const server = createServer()
      const auth = createTestAuth(server)
      await signIn(auth, server)
      const stage = await start(auth, { at: '/public' })
      for (const [link, path, text] of [
        ['/sign-up?returnTo=%2Fposts%2F1', '/posts/1', 'posts of 1 for Ann'],
        ['/sign-up', '/', 'home'],
        ['/sign-up?returnTo=%2Fsign-up', '/', 'home'],
        ['/sign-up?returnTo=%2Fsign-in%3FreturnTo%3D%252Fadmin', '/', 'home'],
      ] as const) {
        stage.go(link)
        await see(stage).at(path, text)
      }
    })

    test('the page for new accounts does not lead another user to the page of an expired session [F2, W3]', async () => {
      const server = createServer()
      const auth = createTestAuth(server)
      await signIn(auth, server)
      const stage = await start(auth, { at: '/posts/secret' })
      await see(stage).at('/posts/secret', 'posts of secret for Ann')
      await expire(auth, server)
      await see(stage).at('/sign-in?returnTo=%2Fposts%2Fsecret', 'sign-in')
      stage.go('/sign-up?returnTo=%2Fposts%2Fsecret')
      await see(stage).at('/sign-up?returnTo=%2Fposts%2Fsecret', 'sign-up')

      const created = auth.signUp(credentials)
      const request = await server.next('signUp')
      request.answer(server.grant(bob))
      await created
      await see(stage).at('/', 'home')
    })

    test('the sign-in page may depend on where the user comes from', async () => {
      const server = createServer()
      const auth = createTestAuth(server)
      const stage = await start(auth, {
        at: '/de/account?a=1',
        signIn: (from) => (from.startsWith('/de/') ? '/de/sign-in' : '/sign-in'),
      })
      await see(stage).at('/de/sign-in?returnTo=%2Fde%2Faccount%3Fa%3D1', 'Anmelden')
      stage.go('/posts/1')
      await see(stage).at('/sign-in?returnTo=%2Fposts%2F1', 'sign-in')
      stage.go('/de/account')
      await see(stage).at('/de/sign-in?returnTo=%2Fde%2Faccount', 'Anmelden')

      await signIn(auth, server)
      await see(stage).at('/de/account', 'Konto for Ann')
      void auth.signOut()
      await see(stage).at('/de/sign-in', 'Anmelden')
    })
  })
}
