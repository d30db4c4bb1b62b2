import { AuthProvider, Can, Protected, useCan, useRequiredUser } from '@authchart/react'
import { Component, Suspense, type ComponentProps, type ReactNode } from 'react'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { render } from 'vitest-browser-react'
import { createServer, createTestAuth, signIn, type User } from './server.ts'
import { shown } from './shown.ts'

/** What a setting that is not there, or one that was read wrongly, hands on as the name of a guard. */
const none = [undefined, null, '', 'isAdmn', 7, {}] as unknown as readonly 'isAdmin'[]

beforeEach(() => {
  for (const method of ['error', 'warn'] as const) vi.spyOn(console, method).mockImplementation(() => {})
})
afterEach(() => vi.restoreAllMocks())

class Boundary extends Component<{ readonly children: ReactNode }, { readonly code: string }> {
  override state = { code: '' }
  static getDerivedStateFromError = ({ code }: { readonly code: string }) => ({ code })
  override render(): ReactNode {
    return this.state.code || this.props.children
  }
}

async function show(children: ReactNode): Promise<string | null> {
  const server = createServer()
  const auth = createTestAuth(server)
  await signIn(auth, server)
  const screen = await render(
    <AuthProvider auth={auth}>
      <Boundary>
        <Suspense fallback="looking">{children}</Suspense>
      </Boundary>
    </AuthProvider>,
  )
  return shown(screen)
}

describe('a guard that was given and is none is closed to a signed-in user', () => {
  test.each(none)('<Protected guard={%j}> is closed to a signed-in user [K7b]', async (guard) => {
    expect(
      await show(
        <Protected guard={guard} fallback="closed">
          secret
        </Protected>,
      ),
    ).toBe('closed')
  })

  test('<Protected> with props out of a setting whose guard is undefined is closed to a signed-in user [K7b]', async () => {
    const props = { guard: undefined, fallback: 'closed' } as unknown as ComponentProps<typeof Protected>
    expect(await show(<Protected {...props}>secret</Protected>)).toBe('closed')
  })

  test.each(none)('<Can guard={%j}> is closed to a signed-in user [K7b]', async (guard) => {
    expect(
      await show(
        <Can guard={guard} fallback="closed">
          secret
        </Can>,
      ),
    ).toBe('closed')
  })

  test.each(none)('useCan(%j) is false for a signed-in user [K7b]', async (guard) => {
    const Answer = () => (useCan(guard) ? 'open' : 'closed')
    expect(await show(<Answer />)).toBe('closed')
  })

  test.each(none)('useRequiredUser(%j) is closed to a signed-in user [K7b]', async (guard) => {
    const Name = () => (useRequiredUser(guard) as User).name
    expect(await show(<Name />)).toBe('forbidden')
  })
})

describe('a guard that is left out asks for no more than a user', () => {
  test('<Protected> without a guard asks for no more than a user', async () => {
    expect(await show(<Protected fallback="closed">secret</Protected>)).toBe('secret')
  })

  test('useRequiredUser() without a guard asks for no more than a user', async () => {
    const Name = () => (useRequiredUser() as User).name
    expect(await show(<Name />)).toBe('Ann')
  })
})
