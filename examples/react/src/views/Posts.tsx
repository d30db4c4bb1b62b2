import { createResource } from '@authchart/example-shared'
import { useEffect, useState } from 'react'
import { useDemo } from '../demo.tsx'
import { useStore } from '../use-store.ts'
import { Heading } from './Heading.tsx'
import { PostItem } from './PostItem.tsx'

export function Posts() {
  const demo = useDemo()
  const [resource] = useState(() => createResource(demo.api.posts))
  const { value: posts, error, loading } = useStore(resource)
  useEffect(() => resource.load(), [resource])

  return (
    <section className="stack" aria-labelledby="posts-title">
      <div className="row row-apart">
        <Heading id="posts-title">Posts</Heading>
        <button
          type="button"
          className="button button-small"
          aria-disabled={loading}
          data-testid="reload-posts"
          onClick={resource.load}
        >
          {loading && <span className="spinner" aria-hidden="true" />}
          Reload
        </button>
      </div>
      <p className="alert" role="alert" data-testid="posts-error">
        {error}
      </p>
      <ul className="posts" aria-busy={loading}>
        {posts?.map((post) => (
          <PostItem key={post.id} post={post} />
        ))}
        {!posts && loading && [1, 2, 3].map((line) => <li key={line} className="placeholder" aria-hidden="true" />)}
      </ul>
    </section>
  )
}
