import { createAuthPlugin } from '@authchart/vue'
import { authGuard } from '@authchart/vue/router'
import { makeAuth } from '~/auth/client'

export default defineNuxtPlugin(({ vueApp }) => {
  // what the server found goes to the browser with the page
  const session = useState('session', () => useRequestEvent()?.context.session ?? null)
  const auth = makeAuth(session.value)
  vueApp.use(createAuthPlugin(auth))
  authGuard(useRouter(), auth, { signIn: '/sign-in', fallback: '/account' })
})
