import { Protected } from '@authchart/react'
import { Passing } from './Passing.tsx'
import { Posts } from './Posts.tsx'
import { Profile } from './Profile.tsx'

export function Home() {
  return (
    <Protected fallback={<Passing />}>
      <div className="home">
        <Posts />
        <Profile />
      </div>
    </Protected>
  )
}
