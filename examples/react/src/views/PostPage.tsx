import { dateWords, paths } from '@authchart/example-shared'
import { Protected } from '@authchart/react'
import { Link, useLocation, useParams } from 'react-router'
import { Heading } from './Heading.tsx'
import { LoadedPost } from './LoadedPost.tsx'
import { Passing } from './Passing.tsx'
import { EditLink } from './PostItem.tsx'

export function PostPage() {
  const { id = '' } = useParams()
  const { state } = useLocation() as { readonly state: { readonly saved?: boolean } | null }

  return (
    <Protected fallback={<Passing />}>
      <LoadedPost key={id} id={id}>
        {(post) => (
          <article className="card stack" data-testid={`post-${post.id}`}>
            <p className="back">
              <Link to={paths.home}>All posts</Link>
            </p>
            <div className="row row-apart">
              <Heading>{post.title}</Heading>
              <EditLink post={post} />
            </div>
            <p>{post.body}</p>
            <p className="post-meta">
              by {post.authorName}, {dateWords(post.updatedAt)}
              <span role="status">{state?.saved && ' · saved'}</span>
            </p>
          </article>
        )}
      </LoadedPost>
    </Protected>
  )
}
