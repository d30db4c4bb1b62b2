import type { Post } from '@authchart/example-shared'
import { useEffect, useRef, useState, type FormEvent } from 'react'
import { demo } from '../demo.ts'

export interface PostFormProps {
  readonly post: Post
  /** Null: given up. */
  readonly onDone: (saved: Post | null) => void
}

export function PostForm({ post, onDone }: PostFormProps) {
  const [error, setError] = useState('')
  const [isBusy, setBusy] = useState(false)
  const title = useRef<HTMLInputElement>(null)
  useEffect(() => title.current?.focus(), [])

  async function save(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    if (isBusy) return
    const data = new FormData(event.currentTarget)
    setBusy(true)
    const result = await demo.api.savePost(post.id, {
      title: data.get('title') as string,
      body: data.get('body') as string,
    })
    setBusy(false)
    if (result.ok) onDone(result.value)
    else setError(result.message)
  }

  return (
    <form
      className="stack"
      aria-label={`Edit “${post.title}”`}
      aria-busy={isBusy}
      onSubmit={(event) => void save(event)}
    >
      <p className="alert" role="alert" data-testid="post-error">
        {error}
      </p>
      <div className="field">
        <label htmlFor={`title-${post.id}`}>Title</label>
        <input
          className="input"
          id={`title-${post.id}`}
          name="title"
          ref={title}
          defaultValue={post.title}
          maxLength={200}
          required
          data-testid="post-title"
        />
      </div>
      <div className="field">
        <label htmlFor={`body-${post.id}`}>Text</label>
        <textarea
          className="input"
          id={`body-${post.id}`}
          name="body"
          defaultValue={post.body}
          maxLength={5000}
          data-testid="post-body"
        />
      </div>
      <div className="row">
        <button
          type="submit"
          className="button button-main button-small"
          aria-disabled={isBusy}
          data-testid="save-post"
        >
          {isBusy && <span className="spinner" aria-hidden="true" />}
          Save
        </button>
        <button type="button" className="button button-small" data-testid="cancel-edit" onClick={() => onDone(null)}>
          Cancel
        </button>
      </div>
    </form>
  )
}
