import { Protected } from '@authchart/react'
import { useDemo } from '../demo.tsx'
import { Forbidden } from './Forbidden.tsx'
import { Passing } from './Passing.tsx'
import { ReportPage } from './ReportPage.tsx'

/** The route lets only admins in; this closes in the same commit in which the role goes away. */
export function Admin() {
  return (
    <Protected guard="isAdmin" pending={<Passing />} fallback={<AdminsOnly />}>
      <ReportPage />
    </Protected>
  )
}

export function AdminsOnly() {
  const demo = useDemo()
  return <Forbidden title="This page is for admins" ask={demo.api.report} />
}
