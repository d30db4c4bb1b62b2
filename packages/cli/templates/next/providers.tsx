'use client'

import { AuthProvider } from '@authchart/react'
import { useState, type ReactNode } from 'react'
import type { User } from './backend'
import { makeAuth } from './client'

export function Providers({ session, children }: { session: { user: User } | null; children: ReactNode }) {
  const [auth] = useState(() => makeAuth(session))
  return <AuthProvider auth={auth}>{children}</AuthProvider>
}
