import { AuthError } from '@authchart/core'
import { apiMessage, errorMessage } from './messages.ts'
import { PUBLISHABLE_KEY } from './settings.ts'

export interface Post {
  readonly id: string
  readonly title: string
  readonly body: string
  readonly authorId: string
  readonly authorName: string
  /** ISO 8601. */
  readonly updatedAt: string
}

interface Report {
  readonly users: number
  readonly posts: number
  readonly notes: number
  readonly sessions: number
  /** ISO 8601. */
  readonly generatedAt: string
}

export type PostChanges = Pick<Post, 'title' | 'body'>

/** `status` is null where there was no answer. */
export type ApiResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly status: number | null; readonly message: string }

/** The data behind the screens. Never rejects, but for a caller's abort. */
export interface Api {
  readonly posts: (signal?: AbortSignal) => Promise<ApiResult<readonly Post[]>>
  readonly post: (id: string, signal?: AbortSignal) => Promise<ApiResult<Post>>
  readonly savePost: (id: string, changes: PostChanges) => Promise<ApiResult<Post>>
  readonly report: (signal?: AbortSignal) => Promise<ApiResult<Report>>
  /** Any request that needs a good access token. */
  readonly ping: () => Promise<ApiResult<unknown>>
}

/** All of it goes through `auth.fetch`: the session rides along, and a refused access token is renewed in passing. */
export function createApi(authFetch: typeof globalThis.fetch, base: string): Api {
  /** The caller names what the server's documentation promises. */
  async function call<T>(path: string, init: RequestInit = {}): Promise<ApiResult<T>> {
    const headers = { 'X-API-Key': PUBLISHABLE_KEY, ...(init.body && { 'Content-Type': 'application/json' }) }
    try {
      const response = await authFetch(`${base}/v1${path}`, { ...init, headers })
      if (response.ok) return { ok: true, value: (await response.json()) as T }
      return { ok: false, status: response.status, message: apiMessage(response.status) }
    } catch (error) {
      init.signal?.throwIfAborted()
      return { ok: false, status: null, message: error instanceof AuthError ? errorMessage(error) : apiMessage(null) }
    }
  }

  return {
    async posts(signal) {
      const result = await call<{ readonly items: readonly Post[] }>('/data/posts', { signal: signal ?? null })
      return result.ok ? { ok: true, value: result.value.items } : result
    },
    post: (id, signal) => call<Post>(`/data/posts/${encodeURIComponent(id)}`, { signal: signal ?? null }),
    savePost: (id, { title, body }) =>
      call<Post>(`/data/posts/${encodeURIComponent(id)}`, { method: 'PATCH', body: JSON.stringify({ title, body }) }),
    report: (signal) => call<Report>('/data/admin/report', { signal: signal ?? null }),
    ping: () => call('/auth/me'),
  }
}
