import type { RouteRecordRaw } from 'vue-router'
import AccountPage from '../pages/AccountPage.vue'
import SignInPage from '../pages/SignInPage.vue'

/** `meta: { auth: true }` guards a route and all below it. A guard's name asks for more than a user. */
export const authPages: RouteRecordRaw[] = [
  { path: '/sign-in', component: SignInPage },
  { path: '/account', component: AccountPage, meta: { auth: true } },
]
