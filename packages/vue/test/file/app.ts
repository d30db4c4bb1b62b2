import { createAuth } from '@authchart/core'
import { createAuthPlugin, Protected, useAuth } from '@authchart/vue'
import { authGuard } from '@authchart/vue/router'
import { createApp, h } from 'vue'
import { createRouter, createWebHashHistory, RouterView } from 'vue-router'

const auth = createAuth({
  client: {
    signIn: async (credentials: object) => ({ accessToken: 'a', expiresIn: 3600, user: { id: '1', ...credentials } }),
  },
})

const page = (name: string, act: string, press: () => unknown) => ({
  render: () => [h('p', name), h('button', { onClick: () => void press() }, act)],
})
const Account = {
  setup() {
    const { signOut } = useAuth()
    return () => h(Protected, () => h(page('account', 'sign out', signOut)))
  },
}

const signInPage = page('sign in', 'as Ann', () => auth.signIn({}))
/** Loads a page, unless the test has taken its file away. */
const load = async () => {
  if ('isLost' in globalThis) throw new TypeError('Failed to fetch dynamically imported module')
  return signInPage
}

const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: '/', component: page('home', 'to the account', () => router.push('/account')) },
    { path: '/sign-in', component: load },
    { path: '/here', component: page('here', 'as Ann', () => auth.signIn({}).then(() => router.push('/account'))) },
    { path: '/account', component: Account, meta: { auth: true } },
  ],
})
authGuard(router, auth, { signIn: '/sign-in', fallback: '/account' })

createApp(() => h(RouterView))
  .use(router)
  .use(createAuthPlugin(auth))
  .mount('#app')
