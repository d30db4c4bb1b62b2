export default defineNuxtConfig({
  compatibilityDate: '2026-11-01',
  // what is behind the sign-in is rendered in the browser: the server does not know who is signed in
  routeRules: { '/account': { ssr: false }, '/sign-in': { ssr: false } },
})
