import { paths, type Post } from '@authchart/example-shared'
import { Protected } from '@authchart/react'
import { useNavigate, useParams } from 'react-router'
import { useDemo } from '../demo.tsx'
import { Forbidden } from './Forbidden.tsx'
import { LoadedPost } from './LoadedPost.tsx'
import { Passing } from './Passing.tsx'
import { PostForm } from './PostForm.tsx'

/** For the author, editors and admins: its author is known once the post is there. */
export function EditPage() {
  const demo = useDemo()
  const { id = '' } = useParams()
  const navigate = useNavigate()
  const leave = (post: Post, saved: boolean) => void navigate(paths.post(post.id), { state: { saved } })

  return (
    <Protected fallback={<Passing />}>
      <LoadedPost key={id} id={id}>
        {(post) => (
          <Protected
            guard="canEditPost"
            params={[post]}
            pending={<Passing />}
            fallback={
              <Forbidden
                title="Only its author, editors and admins edit this post"
                ask={() => demo.api.savePost(post.id, post)}
              />
            }
          >
            <PostForm post={post} onDone={(saved) => leave(post, saved)} />
          </Protected>
        )}
      </LoadedPost>
    </Protected>
  )
}
