'use client'

import { AuthProvider } from '@authchart/react'
import type { ReactNode } from 'react'
import { auth } from './auth'

export function Providers({ children }: { children: ReactNode }) {
  return <AuthProvider auth={auth}>{children}</AuthProvider>
}
