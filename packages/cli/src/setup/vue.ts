import { join } from 'node:path'
import type { Answers } from './answers.ts'
import { edit, isSameCode, read, type Edit, type Item } from './plan.ts'
import type { Project } from './project.ts'
import { ownFiles, pageFiles, type MakeRecipe, type Own } from './recipe.ts'

const MAIN = 'src/main.ts'

/** What `npm create vite` writes. */
const starter = `
import { createApp } from 'vue'
import './style.css'
import App from './App.vue'
createApp(App).mount('#app')`

export const vue: MakeRecipe = (project, answers) => {
  const own = ownFiles(project, answers)
  return {
    items: [
      ...pageFiles(own, answers),
      own('src/auth/AuthField.vue', 'vue/AuthField.vue'),
      own('src/auth/SignInForm.vue', 'vue/SignInForm.vue'),
      own('src/auth/Profile.vue', 'vue/Profile.vue'),
      ...(answers.hasTest ? [own('src/auth/auth.test.ts', 'vue/auth.test.ts')] : []),
      ...pages(project, answers, own),
    ],
    dependencies: answers.router === 'vue-router' ? ['vue-router'] : [],
    devDependencies: answers.hasTest ? ['@vue/test-utils'] : [],
  }
}

function pages(project: Project, { router }: Answers, own: Own): readonly Item[] {
  if (router === 'none') return [own('src/auth/Gate.vue', 'vue-bare/Gate.vue'), edit(MAIN, gate)]
  const main = read(join(project.folder, MAIN)) ?? ''
  const isOurs = isSameCode(main, starter) || main.includes("from './auth/Layout.vue'")
  return [
    own('src/pages/AccountPage.vue', 'vue-router/AccountPage.vue'),
    own('src/pages/SignInPage.vue', 'vue-router/SignInPage.vue'),
    own('src/auth/routes.ts', 'vue-router/routes.ts'),
    // an app that has routes of its own has a layout, too
    ...(isOurs
      ? [own('src/auth/Layout.vue', 'vue-router/Layout.vue'), own('src/router.ts', 'vue-router/router.ts')]
      : []),
    edit(MAIN, vueRouter),
  ]
}

const plugin = `import { createAuthPlugin } from '@authchart/vue'`
const auth = `import { auth } from './auth/auth'`

/** Takes the place of `App`, which the new root shows. */
const changeStarter = (imports: readonly string[], app: string) => (text: string) =>
  isSameCode(text, starter)
    ? text.replace(/^import App from .*$/m, imports.join('\n')).replace('createApp(App)', app)
    : null

const vueRouter: Edit = {
  mark: 'createAuthPlugin',
  change: changeStarter(
    [plugin, auth, `import Layout from './auth/Layout.vue'`, `import { router } from './router'`],
    'createApp(Layout).use(createAuthPlugin(auth)).use(router)',
  ),
  lines: [
    plugin,
    auth,
    'app.use(createAuthPlugin(auth)) // before the router',
    '',
    '// where the router is made: two pages, and the guard for yours',
    `import { authGuard } from '@authchart/vue/router'`,
    `import { authPages } from './auth/routes'`,
    `const router = createRouter({ history, routes: [...authPages, { path: '/yours', meta: { auth: true }, … }] })`,
    `authGuard(router, auth, { signIn: '/sign-in', fallback: '/account' })`,
  ],
}

const gate: Edit = {
  mark: 'createAuthPlugin',
  change: changeStarter(
    [plugin, auth, `import Gate from './auth/Gate.vue'`],
    'createApp(Gate).use(createAuthPlugin(auth))',
  ),
  lines: [
    plugin,
    auth,
    `import Gate from './auth/Gate.vue' // shows App.vue to a signed-in user`,
    `createApp(Gate).use(createAuthPlugin(auth)).mount('#app')`,
  ],
}
