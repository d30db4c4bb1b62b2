import type { BkendUser } from '@authchart/core/bkend'
import { AuthProvider } from '@authchart/react'
import { cleanup, render } from '@testing-library/react'
import type { ComponentProps, ReactNode } from 'react'
import { afterEach } from 'vitest'

export const ann: BkendUser = {
  id: 'u-ann',
  email: 'ann@example.com',
  name: 'Ann',
  role: 'user',
  emailVerified: true,
  image: null,
  onboardingStatus: null,
  createdAt: null,
}

/** Shows a page at its address, as the layout does. */
export function openPage(auth: ComponentProps<typeof AuthProvider>['auth'], page: ReactNode, address: string): void {
  history.replaceState(null, '', address)
  render(<AuthProvider auth={auth}>{page}</AuthProvider>)
}

afterEach(cleanup)
