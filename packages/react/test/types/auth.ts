import { createAuth, hasRole } from '@authchart/core'
import { bkend, type BkendUser } from '@authchart/core/bkend'
import { browserStorage } from '@authchart/core/storage'

export const auth = createAuth({
  client: bkend({ publishableKey: 'pk_…' }),
  storage: browserStorage(),
  guards: {
    isAdmin: hasRole('admin'),
    canEdit: ({ user }: { user: BkendUser }, post: { authorId: string }) => user.id === post.authorId,
  },
})

declare module '@authchart/react' {
  interface Register {
    auth: typeof auth
  }
}
