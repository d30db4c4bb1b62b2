import { Protected } from '@authchart/react'
import { Forbidden } from './Forbidden.tsx'
import { ReportPage } from './ReportPage.tsx'

export function Admin() {
  return (
    <Protected guard="isAdmin" pending={<Pending />} fallback={<Forbidden />}>
      <ReportPage />
    </Protected>
  )
}

function Pending() {
  return (
    <p className="quiet" data-testid="pending">
      <span className="spinner" aria-hidden="true" />
      Asking the server who you are…
    </p>
  )
}
