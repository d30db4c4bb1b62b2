import { paths, type DemoAuth } from '@authchart/example-shared'
import { authGuard } from '@authchart/vue/router'
import { createRouter, createWebHistory } from 'vue-router'
import Admin from './views/Admin.vue'
import AdminsOnly from './views/AdminsOnly.vue'
import EditPage from './views/EditPage.vue'
import Home from './views/Home.vue'
import NotFound from './views/NotFound.vue'
import PostPage from './views/PostPage.vue'
import SignInPage from './views/SignInPage.vue'

/** The pages, and who may open them. */
export function createAppRouter(auth: DemoAuth) {
  const router = createRouter({
    history: createWebHistory(),
    scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
    routes: [
      { path: paths.signIn, component: SignInPage },
      { path: paths.home, component: Home, meta: { auth: true } },
      { path: paths.post(':id'), component: PostPage, props: true, meta: { auth: true } },
      { path: paths.edit(':id'), component: EditPage, props: true, meta: { auth: true } },
      { path: paths.forbidden, component: AdminsOnly, meta: { auth: true } },
      { path: paths.admin, component: Admin, meta: { auth: 'isAdmin' } },
      { path: '/:rest(.*)*', component: NotFound },
    ],
  })
  return { router, stop: authGuard(router, auth, { signIn: paths.signIn, forbidden: paths.forbidden }) }
}
