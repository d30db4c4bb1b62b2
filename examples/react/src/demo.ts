import { createDemo } from '@authchart/example-shared'

export const demo = createDemo('react')

declare module '@authchart/react' {
  interface Register {
    auth: typeof demo.auth
  }
}
