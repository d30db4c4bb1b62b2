import type { BkendUser } from '@authchart/core/bkend'
import { createApi, type Post } from './api.ts'
import type { DemoAuth } from './auth.ts'
import { createDemoAround, type Demo } from './demo.ts'
import { createEventLog } from './events.ts'
import { createDemoNetwork } from './network.ts'

export { guards } from './auth.ts'

export const user: BkendUser = {
  id: 'u-user',
  email: 'user@demo.test',
  name: 'User',
  role: 'user',
  emailVerified: true,
  image: null,
  onboardingStatus: null,
  createdAt: null,
}
export const admin: BkendUser = { ...user, id: 'u-admin', email: 'admin@demo.test', name: 'Admin', role: 'admin' }

const post = { body: 'As it was.', updatedAt: '2026-01-01T12:00:00Z' }
const posts: readonly Post[] = [
  { ...post, id: 'p-1', title: 'By the user', authorId: user.id, authorName: 'User' },
  { ...post, id: 'p-2', title: 'By the admin', authorId: admin.id, authorName: 'Admin' },
]

/** What the screens ask for, beside the session. */
const answers: Readonly<Record<string, unknown>> = {
  '/v1/data/posts': { items: posts },
  '/v1/data/admin/report': { users: 2, posts: 2, notes: 0, sessions: 1, generatedAt: '2026-01-01T12:00:00Z' },
}

/** The demo around the auth of a test. Its data are in memory, and it reaches no server. */
export function createTestDemo(auth: DemoAuth): Demo {
  const answer = async (input: RequestInfo | URL): Promise<Response> => {
    const found = answers[input as string] // the API asks by text
    return found ? Response.json(found) : Response.json({}, { status: 404 })
  }
  return createDemoAround({
    auth,
    custody: 'browser',
    network: createDemoNetwork(),
    events: createEventLog(),
    account: { magicLink: { send: async () => {} } },
    api: createApi(answer, ''),
    control: async () => Response.json({ faults: [] }),
  })
}
