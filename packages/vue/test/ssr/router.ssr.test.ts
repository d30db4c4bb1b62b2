import { authGuard } from '@authchart/vue/router'
import { expect, test, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import { ann, createServer } from '../server.ts'
import { authFor, type Session } from './pages.ts'

const page = { render: () => null }
const routes = [
  { path: '/', component: page },
  { path: '/sign-in', component: page },
  { path: '/account', component: page, meta: { auth: true as const } },
  { path: '/admin', component: page, meta: { auth: 'isAdmin' as const } },
  { path: '/sign-up', component: page },
  { path: '/forbidden', component: page },
  { path: '/unreadable', component: page, meta: { auth: ['isAdmin'] as never } },
]

// what is not known on a server is left to the page, which is pending until it is
test.each<[string, Session, string, string]>([
  ['no user', null, '/account?a=1#b', '/sign-in?returnTo=/account?a=1%23b'],
  ['no user', null, '/sign-in', '/sign-in'],
  ['no user', null, '/', '/'],
  ['Ann', { user: ann }, '/account', '/account'],
  ['Ann', { user: ann }, '/admin', '/admin'],
  ['Ann', { user: ann }, '/sign-in?returnTo=/account', '/account'],
  ['no user', null, '/sign-up', '/sign-up'],
  ['no user', null, '/unreadable', '/sign-in?returnTo=/unreadable'],
  ['Ann', { user: ann }, '/sign-up?returnTo=/account', '/account'],
  ['Ann', { user: ann }, '/unreadable', '/forbidden'],
  ['a user or no user', undefined, '/unreadable', '/sign-in?returnTo=/unreadable'],
  ['a user or no user', undefined, '/account', '/account'],
  ['a user or no user', undefined, '/sign-in', '/sign-in'],
])(
  'a server to which %s is signed in (%o) answers %s with %s, and starts nothing [K7a, W3]',
  async (_, session, path, end) => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const server = createServer()
    const auth = authFor(session, server)
    const router = createRouter({ history: createMemoryHistory(), routes })
    authGuard(router, auth, { signIn: '/sign-in', signUp: '/sign-up', forbidden: '/forbidden' })

    await router.push(path)

    expect(router.currentRoute.value.fullPath).toBe(end)
    expect(auth.subscriptions()).toBe(0)
    expect(auth.actor.getSnapshot().value).toMatchObject({ session: 'restoring' })
    expect(server.calls).toEqual([])
  },
)
