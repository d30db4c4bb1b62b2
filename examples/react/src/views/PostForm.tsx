import type { Post, PostChanges } from '@authchart/example-shared'
import { useRef, useState, type FormEvent } from 'react'
import { useDemo } from '../demo.tsx'
import { Heading } from './Heading.tsx'

export interface PostFormProps {
  readonly post: Post
  /** Saved, or given up. */
  readonly onDone: (saved: boolean) => void
}

export function PostForm({ post, onDone }: PostFormProps) {
  const demo = useDemo()
  const [draft] = useState(() => demo.drafts.read(post.id))
  const [error, setError] = useState('')
  const [isBusy, setBusy] = useState(false)
  const title = useRef<HTMLInputElement>(null)

  async function save(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    if (isBusy) return
    setBusy(true)
    const result = await demo.api.savePost(post.id, changesIn(event.currentTarget))
    setBusy(false)
    if (result.ok) leave(true)
    else setError(result.message)
  }

  function leave(saved: boolean): void {
    demo.drafts.drop(post.id)
    // a user who has left the page is not called back
    if (title.current) onDone(saved)
  }

  return (
    <form
      className="card stack"
      aria-labelledby="edit-title"
      aria-busy={isBusy}
      onInput={(event) => demo.drafts.write(post.id, changesIn(event.currentTarget))}
      onSubmit={(event) => void save(event)}
      data-testid="post-form"
    >
      <Heading id="edit-title">Edit “{post.title}”</Heading>
      {draft && (
        <p className="notice" data-testid="draft-note">
          This is your draft. It is not saved yet.
        </p>
      )}
      <p className="alert" role="alert" data-testid="post-error">
        {error}
      </p>
      <div className="field">
        <label htmlFor="post-title">Title</label>
        <input
          className="input"
          id="post-title"
          name="title"
          ref={title}
          defaultValue={draft?.title ?? post.title}
          maxLength={200}
          required
          data-testid="post-title"
        />
      </div>
      <div className="field">
        <label htmlFor="post-body">Text</label>
        <textarea
          className="input"
          id="post-body"
          name="body"
          rows={6}
          defaultValue={draft?.body ?? post.body}
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
        <button type="button" className="button button-small" data-testid="cancel-edit" onClick={() => leave(false)}>
          Cancel
        </button>
      </div>
    </form>
  )
}

function changesIn(form: HTMLFormElement): PostChanges {
  const data = new FormData(form)
  return { title: data.get('title') as string, body: data.get('body') as string }
}
