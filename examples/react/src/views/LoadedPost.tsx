import { createResource, paths, type Post } from '@authchart/example-shared'
import { useEffect, useState, type ReactNode } from 'react'
import { Link } from 'react-router'
import { useDemo } from '../demo.tsx'
import { useStore } from '../use-store.ts'
import { Heading } from './Heading.tsx'

export interface LoadedPostProps {
  readonly id: string
  readonly children: (post: Post) => ReactNode
}

/** Loads a post, and says so where there is none. */
export function LoadedPost({ id, children }: LoadedPostProps) {
  const demo = useDemo()
  const [resource] = useState(() => createResource((signal) => demo.api.post(id, signal)))
  const { value: post, error } = useStore(resource)
  useEffect(() => resource.load(), [resource])

  if (post) return children(post)
  if (error === null) {
    return (
      <>
        <Heading className="hidden-visually" isPending>
          Loading the post
        </Heading>
        <div className="placeholder" aria-hidden="true" />
      </>
    )
  }
  return (
    <section className="stack">
      <Heading>This post cannot be shown</Heading>
      <p className="alert" role="alert" data-testid="post-problem">
        {error}
      </p>
      <p>
        <Link className="button" to={paths.home}>
          To the posts
        </Link>
      </p>
    </section>
  )
}
