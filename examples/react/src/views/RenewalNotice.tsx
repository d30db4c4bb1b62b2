import { renewalNotice } from '@authchart/example-shared'
import { useAuthState } from '@authchart/react'

/** A region that is always there, so that what appears in it is read out. */
export function RenewalNotice() {
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
