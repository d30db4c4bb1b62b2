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

const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: '/', component: page('home', 'to the account', () => router.push('/account')) },
    { path: '/sign-in', component: page('sign in', 'as Ann', () => auth.signIn({})) },
    { path: '/account', component: Account, meta: { auth: true } },
  ],
})
authGuard(router, auth, { signIn: '/sign-in' })

createApp(() => h(RouterView))
  .use(router)
  .use(createAuthPlugin(auth))
  .mount('#app')
