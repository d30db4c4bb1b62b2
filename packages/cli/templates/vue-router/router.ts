import { authGuard } from '@authchart/vue/router'
import { createRouter, createWebHistory } from 'vue-router'
import App from './App.vue'
import { auth } from './auth/auth'
import { authPages } from './auth/routes'

export const router = createRouter({
  history: createWebHistory(import.meta.env.BASE_URL),
  routes: [{ path: '/', component: App }, ...authPages],
})

const stop = authGuard(router, auth, { signIn: '/sign-in', fallback: '/account' })
import.meta.hot?.dispose(stop)
