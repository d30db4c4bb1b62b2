import { Suspense, type ReactNode } from 'react'
import { AuthBar } from './auth-bar'
import { Providers } from './providers'
import { readSession } from './session'
import './auth.css'

/** Gives the pages below it the user that the cookie names, so that the first frame shows them. */
export function WithSession({ children }: { readonly children: ReactNode }) {
  return (
    <Suspense>
      <Session>{children}</Session>
    </Suspense>
  )
}

async function Session({ children }: { readonly children: ReactNode }) {
  return (
    <Providers session={await readSession()}>
      <AuthBar />
      {children}
    </Providers>
  )
}
