import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { AuthError } from '@authchart/core'
import { fakeBrowser, fakeClock, fakeNetwork } from '@authchart/core/testing'
import { memoryStorage } from '@authchart/core/storage'
import { ann, createServer, createTestAuth, credentials, expire, renew, signIn, type TestAuth } from '../server.ts'

/** What an app may guard without need, around the page or at it, or forget to give it. */
export type Mistake =
  | 'sign-in is below a protected page'
  | 'sign-in is below a page for admins'
  | 'sign-in is protected and not given signInPage'
  | 'forbidden is for admins'

export interface Plan {
  readonly at: string
  readonly history?: 'memory' | 'browser' | 'hash'
  readonly basename?: string
  readonly base?: string
  /** How the app writes these two. */
  readonly signIn?: string | ((from: string) => string)
  readonly forbidden?: string | undefined
  readonly mistakes?: readonly Mistake[]
  /** What the app asks of `/admin`, in place of its guard. */
  readonly guard?: { readonly is: unknown }
}

/**
 * An app with pages `/`, `/public`, `/posts/:author`, `/admin`, `/edit/:author`, `/safe`, `/de/account`, `/sign-in`,
 * `/de/sign-in`, `/sign-up`, `/forbidden`; each shows its name.
 */
export interface Stage {
  /** The address, with everything that belongs to it. */
  readonly path: () => string
  readonly text: () => string | null
  readonly go: (path: string) => void
  readonly back: () => void
  /** How often the data of `/posts/:author` was asked for. */
  readonly loads: () => number
  /** How often a guard of a route was asked. */
  readonly looks: () => number
  readonly unfollow: () => void
  readonly close: () => Promise<void> | void
}

/** Counts, and stops a navigation that goes round in circles before the test hangs. */
export function createTally(): { readonly count: () => void; readonly total: () => number } {
  let total = 0
  return {
    count() {
      total += 1
      if (total > 20) throw new Error('Round in circles')
    },
    total: () => total,
  }
}

/** A slash at the end of a path, where it means nothing: routers write it as they like. */
const withoutSlash = (path: string): string => path.replace(/(?<=.)\/(?=\?|$)/, '')

export type Open = (auth: TestAuth, plan: Plan) => Promise<Stage>

/** Opens an app in each test and closes it afterwards. */
export function createStage(open: Open): (auth: TestAuth, plan: Plan) => Promise<Stage> {
  const page = location.href
  let close = (): Promise<void> | void => {}
  beforeEach(() => {
    // a router writes down every error of a route
    for (const method of ['error', 'warn'] as const) vi.spyOn(console, method).mockImplementation(() => {})
  })
  afterEach(async () => {
    await close()
    close = () => {}
    history.replaceState(null, '', page)
    vi.restoreAllMocks()
  })
  return async (auth, plan) => {
    const stage = await open(auth, { forbidden: '/forbidden', ...plan })
    close = stage.close
    return stage
  }
}

export const see = (stage: Stage) => ({
  async at(path: string, text: string): Promise<void> {
    const seen = () => `${withoutSlash(stage.path())} ${stage.text()}`
    await expect.poll(seen, { timeout: 60_000 }).toBe(`${withoutSlash(path)} ${text}`)
  },
})

export const reader = { ...ann, role: 'reader' }

export function describeRoutes(name: string, open: Open): void {
  describe(`${name} keeps the promises of the route guards`, () => {
    const start = createStage(open)

    test('a page waits until it is known who is signed in, and asks for its data once', async () => {
      const server = createServer()
      const storage = memoryStorage()
      await signIn(createTestAuth(server, { storage }), server)
      let find = (): void => {}
      const found = new Promise<void>((resolve) => (find = resolve))
      const auth = createTestAuth(server, {
        storage: { ...storage, read: (key) => found.then(() => storage.read(key)) },
      })
      const stage = await start(auth, { at: '/posts/1' })
      expect([stage.path(), stage.loads()]).toEqual(['/posts/1', 0])

      find()
      await see(stage).at('/posts/1', 'posts of 1 for Ann')
      expect([stage.loads(), stage.looks()]).toEqual([1, 1])
    })

    test('a deep link of a signed-out user leads to the sign-in page, and back with its query and hash', async () => {
      const server = createServer()
      const auth = createTestAuth(server)
      const stage = await start(auth, { at: '/posts/1?tab=2&q=ab#notes' })
      await see(stage).at('/sign-in?returnTo=%2Fposts%2F1%3Ftab%3D2%26q%3Dab%23notes', 'sign-in')

      await signIn(auth, server)
      await see(stage).at('/posts/1?tab=2&q=ab#notes', 'posts of 1 for Ann')
    })

    test('a session that ends while the page is open leads to the sign-in page, and back', async () => {
      const server = createServer()
      const auth = createTestAuth(server)
      await signIn(auth, server)
      const stage = await start(auth, { at: '/posts/1?tab=2#notes' })
      await see(stage).at('/posts/1?tab=2#notes', 'posts of 1 for Ann')

      await expire(auth, server)
      await see(stage).at('/sign-in?returnTo=%2Fposts%2F1%3Ftab%3D2%23notes', 'sign-in')

      await signIn(auth, server)
      await see(stage).at('/posts/1?tab=2#notes', 'posts of 1 for Ann')
    })

    test('a sign-out in another tab closes the page here, and no way leads back to it', async () => {
      const server = createServer()
      const browser = fakeBrowser()
      const [here, there] = [browser.openTab(), browser.openTab()]
      const [auth, other] = [createTestAuth(server, here), createTestAuth(server, there)]
      await signIn(auth, server)
      await other.requireUser()
      const stage = await start(auth, { at: '/admin' })
      await see(stage).at('/admin', 'admin for Ann')

      void other.signOut()
      await see(stage).at('/sign-in', 'sign-in')
    })

    test('a role that goes away closes the open page, and never sends the user to sign in', async () => {
      const server = createServer()
      const auth = createTestAuth(server)
      await signIn(auth, server)
      const stage = await start(auth, { at: '/admin' })
      await see(stage).at('/admin', 'admin for Ann')

      await renew(auth, server, reader)
      await see(stage).at('/forbidden', 'forbidden')
    })

    test('a guard about the age of the sign-in closes the page when its time has come', async () => {
      const server = createServer()
      const clock = fakeClock()
      const auth = createTestAuth(server, { clock, network: fakeNetwork() })
      await signIn(auth, server)
      const stage = await start(auth, { at: '/safe' })
      await see(stage).at('/safe', 'safe for Ann')

      clock.advance(60_000)
      await see(stage).at('/forbidden', 'forbidden')
    })

    test('a guard about the age of the sign-in closes the page while another sign-in waits for its code, too', async () => {
      const server = createServer()
      const clock = fakeClock()
      const auth = createTestAuth(server, { clock, network: fakeNetwork() })
      await signIn(auth, server)
      const stage = await start(auth, { at: '/safe' })
      await see(stage).at('/safe', 'safe for Ann')
      const again = auth.signIn(credentials)
      const request = await server.next('signIn')
      request.answer({ challenge: { kind: 'totp', handle: 'h' } })
      await expect(again).rejects.toMatchObject({ code: 'challenge-required' })

      clock.advance(60_000)
      await see(stage).at('/forbidden', 'forbidden')
    })

    test('a user who is forbidden gets the error of the route where no page says so, and the page when the role is back', async () => {
      const server = createServer()
      const auth = createTestAuth(server)
      await signIn(auth, server, reader)
      const stage = await start(auth, { at: '/admin', forbidden: undefined })
      await see(stage).at('/admin', 'error: forbidden')

      await renew(auth, server, ann)
      await see(stage).at('/admin', 'admin for Ann')
    })

    test('what a step-up guard closed without a page for it is open after the next sign-in, at its deep link', async () => {
      const server = createServer()
      const clock = fakeClock()
      const auth = createTestAuth(server, { clock, network: fakeNetwork() })
      await signIn(auth, server)
      const stage = await start(auth, { at: '/safe?tab=2#keys', forbidden: undefined })
      await see(stage).at('/safe?tab=2#keys', 'safe for Ann')
      clock.advance(60_000)
      await see(stage).at('/safe?tab=2#keys', 'error: forbidden')

      await signIn(auth, server)
      await see(stage).at('/safe?tab=2#keys', 'safe for Ann')
    })

    test.each([
      ['', '/nowhere?tab=2#notes'],
      ['/app', '/app/nowhere'],
    ])('an address that no page has stays as it is, also after a sign-in (base "%s")', async (basename, at) => {
      const server = createServer()
      const auth = createTestAuth(server)
      const stage = await start(auth, { at, ...(basename && { basename }) })
      await expect.poll(() => auth.getState().status).toBe('anonymous')
      await signIn(auth, server)
      stage.go('/public')
      await see(stage).at(`${basename}/public`, 'public')

      stage.back()
      await expect.poll(stage.path).toBe(at)
    })

    test('a guard is asked with what the address says', async () => {
      const server = createServer()
      const auth = createTestAuth(server)
      await signIn(auth, server)
      const stage = await start(auth, { at: '/edit/1' })
      await see(stage).at('/edit/1', 'edit for Ann')

      stage.go('/edit/2')
      await see(stage).at('/forbidden', 'forbidden')
    })

    test('a signed-in user has no business on the sign-in page', async () => {
      const server = createServer()
      const auth = createTestAuth(server)
      await signIn(auth, server)
      const stage = await start(auth, { at: '/' })
      for (const [link, path, text] of [
        ['/sign-in?returnTo=%2Fposts%2F1', '/posts/1', 'posts of 1 for Ann'],
        ['/sign-in', '/', 'home'],
        ['/sign-in?returnTo=https%3A%2F%2Fevil.example%2F', '/', 'home'],
        ['/sign-in?returnTo=%2F%2Fevil.example', '/', 'home'],
        ['/sign-in?returnTo=%2Fsign-in%3FreturnTo%3D%252Fadmin', '/', 'home'],
      ] as const) {
        stage.go(link)
        await see(stage).at(path, text)
      }
    })

    test('a user who may not see the page they signed in for is told so, once, and Back leads to where they came from', async () => {
      const server = createServer()
      const auth = createTestAuth(server)
      const stage = await start(auth, { at: '/' })
      stage.go('/admin')
      await see(stage).at('/sign-in?returnTo=%2Fadmin', 'sign-in')

      await signIn(auth, server, reader)
      await see(stage).at('/forbidden', 'forbidden')
      stage.back()
      await see(stage).at('/', 'home')
    })

    test.each([
      [
        'the sign-in page is protected',
        { mistakes: ['sign-in is below a protected page'] },
        '/sign-in?returnTo=%2Fadmin',
        'sign-in',
      ],
      [
        'and written otherwise',
        { mistakes: ['sign-in is below a protected page'], signIn: '/Sign-In/' },
        '/Sign-In/?returnTo=%2Fadmin',
        'sign-in',
      ],
      [
        'the sign-in page is for admins',
        { mistakes: ['sign-in is below a page for admins'] },
        '/sign-in?returnTo=%2Fadmin',
        'sign-in',
      ],
      [
        'with a base',
        { mistakes: ['sign-in is below a protected page'], basename: '/app', at: '/app/admin?a=1' },
        '/app/sign-in?returnTo=%2Fadmin%3Fa%3D1',
        'sign-in',
      ],
      [
        'by a trailing slash',
        { mistakes: ['sign-in is below a protected page'], at: '/SIGN-IN/' },
        '/SIGN-IN/',
        'sign-in',
      ],
    ] as const)('no user is sent round in circles: %s', async (_, plan: Partial<Plan>, path, text) => {
      const server = createServer()
      const auth = createTestAuth(server)
      const stage = await start(auth, { at: '/admin', ...plan })
      await see(stage).at(path, text)
      expect(stage.looks()).toBeLessThan(4)

      const { basename = '' } = plan
      await signIn(auth, server)
      const isDeep = path.includes('returnTo')
      await see(stage).at(isDeep ? `${basename}/admin${basename && '?a=1'}` : '/', isDeep ? 'admin for Ann' : 'home')
    })

    test.each([
      ['/forbidden', '', '/forbidden'],
      ['/Forbidden/', '', '/Forbidden/'],
      ['/forbidden', '/app', '/app/forbidden'],
    ])(
      'the page for the forbidden is forbidden, too: the error says so (%s, %s)',
      async (forbidden, basename, path) => {
        const server = createServer()
        const auth = createTestAuth(server)
        await signIn(auth, server, reader)
        const plan = { at: `${basename}/admin`, forbidden, mistakes: ['forbidden is for admins'] } as const
        const stage = await start(auth, { ...plan, ...(basename && { basename }) })
        await see(stage).at(path, 'error: forbidden')
        expect(stage.looks()).toBeLessThan(4)
      },
    )

    test('a renewal, a wrong password and a sign-in elsewhere in the app ask no route again', async () => {
      const server = createServer()
      const auth = createTestAuth(server)
      await signIn(auth, server)
      const stage = await start(auth, { at: '/posts/1' })
      await see(stage).at('/posts/1', 'posts of 1 for Ann')
      for (let at = 0; at < 3; at += 1) await renew(auth, server, { ...ann })
      expect([stage.loads(), stage.looks()]).toEqual([1, 1])

      stage.go('/')
      await see(stage).at('/', 'home')
      void auth.signOut()
      stage.go('/sign-in?returnTo=%2Fposts%2F1')
      await see(stage).at('/sign-in?returnTo=%2Fposts%2F1', 'sign-in')
      const refused = auth.signIn(credentials)
      const request = await server.next('signIn')
      request.refuse(new AuthError('invalid-credentials'))
      await expect(refused).rejects.toMatchObject({ code: 'invalid-credentials' })
      await see(stage).at('/sign-in?returnTo=%2Fposts%2F1', 'sign-in')
      expect(stage.loads()).toBe(1)
    })

    test('a page that closed is not behind the sign-in page, and the sign-in page not behind the one after it', async () => {
      const server = createServer()
      const auth = createTestAuth(server)
      await signIn(auth, server)
      const stage = await start(auth, { at: '/' })
      stage.go('/admin')
      await see(stage).at('/admin', 'admin for Ann')
      await expire(auth, server)
      await see(stage).at('/sign-in?returnTo=%2Fadmin', 'sign-in')
      await signIn(auth, server)
      await see(stage).at('/admin', 'admin for Ann')

      stage.back()
      await see(stage).at('/', 'home')
    })

    test('a user who goes elsewhere while a page waits gets there, and nothing waits any longer', async () => {
      const server = createServer()
      let find = (): void => {}
      const found = new Promise<null>((resolve) => (find = () => resolve(null)))
      const storage = { scope: 'memory', read: () => found, compareAndSet: async () => true } as const
      const auth = createTestAuth(server, { storage })
      const stage = await start(auth, { at: '/' })
      stage.go('/posts/1')
      stage.go('/public')
      await see(stage).at('/public', 'public')

      find()
      await expect.poll(() => auth.getState().status).toBe('anonymous')
      await see(stage).at('/public', 'public')
    })

    test('after unfollow the page stays, and the next one is asked as ever', async () => {
      const server = createServer()
      const auth = createTestAuth(server)
      await signIn(auth, server)
      const stage = await start(auth, { at: '/admin' })
      await see(stage).at('/admin', 'admin for Ann')
      stage.unfollow()
      expect(auth.listeners()).toBe(1) // a component of the page

      await renew(auth, server, reader)
      expect(stage.path()).toBe('/admin')
      stage.go('/edit/2')
      await see(stage).at('/forbidden', 'forbidden')
    })

    test('a page asks for its data once where the user signed in long ago', async () => {
      const server = createServer()
      const clock = fakeClock()
      const storage = memoryStorage()
      await signIn(createTestAuth(server, { storage, clock, network: fakeNetwork() }), server)
      clock.advance(120_000)
      let find = (): void => {}
      const found = new Promise<void>((resolve) => (find = resolve))
      const auth = createTestAuth(server, {
        clock,
        network: fakeNetwork(),
        storage: { ...storage, read: (key) => found.then(() => storage.read(key)) },
      })
      const stage = await start(auth, { at: '/posts/1' })
      find()
      await see(stage).at('/posts/1', 'posts of 1 for Ann')
      expect([stage.loads(), stage.looks()]).toEqual([1, 1])
    })
  })
}
