import { createDemo } from '@authchart/example-shared'

export const demo = createDemo('vue')

declare module '@authchart/vue' {
  interface Register {
    auth: typeof demo.auth
  }
}
