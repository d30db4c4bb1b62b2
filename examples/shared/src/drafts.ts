import type { PostChanges } from './api.ts'
import type { DemoAuth } from './auth.ts'

/**
 * What a user was writing when the session ended. It waits in this tab for the same user to come back, and is gone once
 * it is saved or given up, or the user signs out.
 */
export interface Drafts {
  readonly read: (postId: string) => PostChanges | null
  readonly write: (postId: string, draft: PostChanges) => void
  readonly drop: (postId: string) => void
}

const PREFIX = 'authchart-demo:draft:'

export function createDrafts(auth: Pick<DemoAuth, 'getState' | 'subscribe'>): Drafts {
  auth.subscribe(({ status }) => {
    // at once: the server may take its time, and a sign-in meanwhile goes past `signedOut`
    if (status === 'signingOut' || status === 'signedOut') dropAll()
  })

  /** Per user, so that no other user finds it. */
  const keyOf = (postId: string): string | null => {
    const { user } = auth.getState()
    return user && `${PREFIX}${user.id}:${postId}`
  }

  return {
    read(postId) {
      const key = keyOf(postId)
      return key === null ? null : recall(key)
    },
    write(postId, draft) {
      const key = keyOf(postId)
      if (key !== null) attempt(() => sessionStorage.setItem(key, JSON.stringify(draft)))
    },
    drop(postId) {
      const key = keyOf(postId)
      if (key !== null) attempt(() => sessionStorage.removeItem(key))
    },
  }
}

function recall(key: string): PostChanges | null {
  try {
    const { title, body } = JSON.parse(sessionStorage.getItem(key) ?? '{}') as Partial<PostChanges>
    return typeof title === 'string' && typeof body === 'string' ? { title, body } : null
  } catch {
    return null
  }
}

function dropAll(): void {
  attempt(() => {
    const drafts = Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX))
    for (const key of drafts) sessionStorage.removeItem(key)
  })
}

/** Where nothing can be stored there are no drafts. */
function attempt(act: () => void): void {
  try {
    act()
  } catch {
    // the form works all the same
  }
}
