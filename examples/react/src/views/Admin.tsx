import { Protected } from '@authchart/react'
import { demo } from '../demo.ts'
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
  return <Forbidden title="This page is for admins" ask={demo.api.report} />
}
