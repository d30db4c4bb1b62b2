'use client'

import type { BkendUser } from '@authchart/core/bkend'
import { AuthProvider } from '@authchart/react'
import { useState, type ReactNode } from 'react'
import { makeAuth } from './client'

export function Providers({ session, children }: { session: { user: BkendUser } | null; children: ReactNode }) {
  const [auth] = useState(() => makeAuth(session))
  return <AuthProvider auth={auth}>{children}</AuthProvider>
}
