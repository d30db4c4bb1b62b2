'use client'

import { createTestAuth, type TestAuthOptions } from '@authchart/core/testing'
import { useState, type ReactElement, type ReactNode } from 'react'
import { AuthProvider } from './provider.tsx'
import type { AcceptedAuth } from './register.ts'

type AnyTestAuthOptions = TestAuthOptions<unknown, unknown, Record<never, never>>

/** What a decorator of Storybook gets. */
interface StoryContext {
  readonly parameters: { readonly [name: string]: unknown }
}

/**
 * A decorator of Storybook: the story is rendered with a real auth, in the status that its parameter `auth` says. What the parameter
 * leaves out is taken from `defaults`. Each story has an auth of its own.
 *
 * @example
 * export default { component: Header, decorators: [withTestAuth({ user: { id: '1', name: 'Ann' } })] }
 * export const SignedIn = {}
 * export const SignedOut = { parameters: { auth: { status: 'signedOut' } } }
 */
export function withTestAuth<TUser>(
  defaults: TestAuthOptions<TUser, unknown, Record<never, never>> & { readonly guards?: unknown },
): (story: () => ReactNode, context: StoryContext) => ReactElement {
  return (Story, { parameters }) => {
    const own = parameters['auth'] as Partial<AnyTestAuthOptions> | undefined
    return (
      <TestAuthProvider key={own?.status} options={{ ...defaults, ...own } as AnyTestAuthOptions}>
        <Story />
      </TestAuthProvider>
    )
  }
}

function TestAuthProvider({
  options,
  children,
}: {
  readonly options: AnyTestAuthOptions
  readonly children: ReactNode
}) {
  const [auth] = useState(() => createTestAuth(options) as AcceptedAuth)
  return <AuthProvider auth={auth}>{children}</AuthProvider>
}
