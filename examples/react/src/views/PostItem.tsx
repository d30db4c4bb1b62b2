import { paths, type Post } from '@authchart/example-shared'
import { Can } from '@authchart/react'
import { Link } from 'react-router'

export interface PostItemProps {
  readonly post: Post
}

export function PostItem({ post }: PostItemProps) {
  return (
    <li className="post" data-testid={`post-${post.id}`}>
      <div className="row row-apart">
        <h2>
          <Link to={paths.post(post.id)} data-testid={`open-${post.id}`}>
            {post.title}
          </Link>
        </h2>
        <EditLink post={post} />
      </div>
      <p>{post.body}</p>
      <p className="post-meta">by {post.authorName}</p>
    </li>
  )
}

/** For users who may edit it. */
export function EditLink({ post }: PostItemProps) {
  return (
    <Can guard="canEditPost" params={[post]}>
      <Link
        className="button button-small"
        to={paths.edit(post.id)}
        aria-label={`Edit “${post.title}”`}
        data-testid={`edit-${post.id}`}
      >
        Edit
      </Link>
    </Can>
  )
}
