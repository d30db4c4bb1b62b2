import type { Demo, DemoAuth } from '@authchart/example-shared'
import { AuthProvider } from '@authchart/react'
import { createContext, useContext, type ReactNode } from 'react'

declare module '@authchart/react' {
  interface Register {
    auth: DemoAuth
  }
}

const DemoContext = createContext<Demo | null>(null)

export interface DemoProviderProps {
  readonly demo: Demo
  readonly children: ReactNode
}

/** Gives the screens below it the auth, and what the demo shows around it. A test gives them its own. */
export function DemoProvider({ demo, children }: DemoProviderProps) {
  return (
    <DemoContext value={demo}>
      <AuthProvider auth={demo.auth}>{children}</AuthProvider>
    </DemoContext>
  )
}

export function useDemo(): Demo {
  const demo = useContext(DemoContext)
  if (!demo) throw new Error('This screen stands outside of DemoProvider')
  return demo
}
