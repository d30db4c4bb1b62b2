import { createResource, type Post } from '@authchart/example-shared'
import { useEffect, useState, type ReactNode } from 'react'
import { demo } from '../demo.ts'
import { useStore } from '../use-store.ts'

export interface LoadedPostProps {
  readonly id: string
  readonly children: (post: Post) => ReactNode
}

/** Loads a post, and says so where there is none. */
export function LoadedPost({ id, children }: LoadedPostProps) {
  const [resource] = useState(() => createResource((signal) => demo.api.post(id, signal)))
  const { value: post, error } = useStore(resource)
  useEffect(() => resource.load(), [resource])

  if (post) return children(post)
  return error === null ? (
    <div className="placeholder" aria-hidden="true" />
  ) : (
    <p className="alert" role="alert" data-testid="post-problem">
      {error}
    </p>
  )
}
