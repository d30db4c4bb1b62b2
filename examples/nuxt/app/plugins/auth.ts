import { createAuthPlugin } from '@authchart/vue'
import { authGuard } from '@authchart/vue/router'
import { auth } from '~/auth'

export default defineNuxtPlugin(({ vueApp }) => {
  vueApp.use(createAuthPlugin(auth))
  authGuard(useRouter(), auth, { signIn: '/sign-in', fallback: '/' })
})
