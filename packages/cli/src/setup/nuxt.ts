import { edit, type Edit } from './plan.ts'
import { ownFiles, type MakeRecipe } from './recipe.ts'

export const nuxt: MakeRecipe = (project, answers) => {
  const own = ownFiles(project, answers)
  const tests = [own('vitest.config.ts', 'nuxt/vitest.config.ts'), own('app/auth/auth.test.ts', 'vue/auth.test.ts')]
  return {
    items: [
      own('server/utils/session.ts', 'nuxt/session.ts'),
      own('server/utils/backend.ts', `shared/backend.${answers.backend}.ts`),
      own('server/routes/auth/[operation].ts', 'nuxt/auth-route.ts'),
      own('server/routes/api/[...path].ts', 'nuxt/api-route.ts'),
      own('server/middleware/session.ts', 'nuxt/middleware.ts'),
      own('app/auth/guards.ts', 'shared/guards.ts'),
      own('app/auth/client.ts', 'nuxt/client.ts'),
      own('app/auth/messages.ts', 'shared/messages.ts'),
      own('app/auth/auth.css', 'shared/auth.css'),
      own('app/auth/AuthField.vue', 'vue/AuthField.vue'),
      own('app/auth/SignInForm.vue', 'vue/SignInForm.vue'),
      own('app/auth/Profile.vue', 'vue/Profile.vue'),
      ...(answers.hasTest ? tests : []),
      own('app/plugins/auth.ts', 'nuxt/plugin.ts'),
      own('app/components/AuthBar.vue', 'nuxt/AuthBar.vue'),
      own('app/pages/index.vue', 'nuxt/index.vue'),
      own('app/pages/account.vue', 'nuxt/account.vue'),
      own('app/pages/sign-in.vue', 'nuxt/sign-in.vue'),
      edit('app/app.vue', root),
      edit('nuxt.config.ts', config),
    ],
    dependencies: ['vue', 'vue-router'],
    devDependencies: answers.hasTest ? ['@vue/test-utils', '@vitejs/plugin-vue'] : [],
  }
}

const root: Edit = {
  mark: '<AuthBar',
  change: (text) =>
    text.includes('<NuxtWelcome />')
      ? text.replace(/^( *)<NuxtWelcome \/>/m, (_, indent: string) => `${indent}<AuthBar />\n${indent}<NuxtPage />`)
      : null,
  lines: ['<AuthBar />', '<NuxtPage /> <!-- if it is not there already -->'],
}

const rules = [
  '  // what is behind the guard is rendered in the browser, where the guard knows who is signed in',
  `  routeRules: { '/account': { ssr: false }, '/sign-in': { ssr: false } },`,
]

const config: Edit = {
  mark: `'/account': { ssr: false }`,
  change: (text) =>
    /^export default defineNuxtConfig\(\{\n/m.test(text) && !text.includes('routeRules')
      ? text.replace(/^export default defineNuxtConfig\(\{\n/m, (begin) => `${begin}${rules.join('\n')}\n`)
      : null,
  lines: rules.map((line) => line.trim()),
}
