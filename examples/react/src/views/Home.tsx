import { page, renewalNotice } from '@authchart/example-shared'
import { useAuthState } from '@authchart/react'
import { useStore } from '../use-store.ts'
import { Admin } from './Admin.tsx'
import { Posts } from './Posts.tsx'
import { Profile } from './Profile.tsx'

export function Home() {
  const here = useStore(page)

  return (
    <>
      <RenewalNotice />
      {here === 'admin' ? (
        <Admin />
      ) : (
        <div className="home">
          <Profile />
          <Posts />
        </div>
      )}
    </>
  )
}

/** A region that is always there, so that what appears in it is read out. */
function RenewalNotice() {
  const notice = renewalNotice(useAuthState())

  return (
    <div className="notices" role="status" data-testid="renewal-notice">
      {notice && (
        <div className="notice notice-warn">
          <strong>{notice.title}</strong>
          <p>{notice.text}</p>
        </div>
      )}
    </div>
  )
}
