import type { Post } from '@authchart/example-shared'
import { useCan } from '@authchart/react'
import { useEffect, useRef, useState } from 'react'
import { PostForm } from './PostForm.tsx'

export interface PostItemProps {
  readonly post: Post
  readonly onSaved: (post: Post) => void
}

export function PostItem({ post, onSaved }: PostItemProps) {
  const canEdit = useCan('canEditPost', post)
  const [isEditing, setEditing] = useState(false)
  const [isSaved, setSaved] = useState(false)
  const editButton = useRef<HTMLButtonElement>(null)
  const wasEditing = useRef(false)

  // back to where the person came from
  useEffect(() => {
    if (wasEditing.current && !isEditing) editButton.current?.focus()
    wasEditing.current = isEditing
  }, [isEditing])

  if (isEditing && canEdit) {
    return (
      <li className="post" data-testid={`post-${post.id}`}>
        <PostForm
          post={post}
          onDone={(saved) => {
            if (saved) onSaved(saved)
            setSaved(saved !== null)
            setEditing(false)
          }}
        />
      </li>
    )
  }
  return (
    <li className="post" data-testid={`post-${post.id}`}>
      <div className="row row-apart">
        <h2>{post.title}</h2>
        {canEdit && (
          <button
            type="button"
            className="button button-small"
            ref={editButton}
            aria-label={`Edit “${post.title}”`}
            data-testid={`edit-${post.id}`}
            onClick={() => setEditing(true)}
          >
            Edit
          </button>
        )}
      </div>
      <p>{post.body}</p>
      <p className="post-meta">
        by {post.authorName}
        <span role="status">{isSaved && ' · saved'}</span>
      </p>
    </li>
  )
}
