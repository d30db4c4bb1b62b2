export default defineNuxtConfig({
  compatibilityDate: '2026-11-01',
  // what is behind the guard is rendered in the browser, where the guard knows who is signed in
  routeRules: { '/account': { ssr: false }, '/sign-in': { ssr: false } },
  // `nuxt typecheck` looks at test/nuxt by itself
  nitro: { typescript: { tsConfig: { include: ['../test/server/**/*'] } } },
})
