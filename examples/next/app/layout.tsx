import { Suspense, type ReactNode } from 'react'
import { Providers } from './providers'
import { readSession } from './session'

export const metadata = { title: 'Authchart with Next' }

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <Suspense>
          <WithSession>{children}</WithSession>
        </Suspense>
      </body>
    </html>
  )
}

async function WithSession({ children }: { children: ReactNode }) {
  return <Providers session={await readSession()}>{children}</Providers>
}
