import { authPaths, coverageOf, type Screen } from '@authchart/core/testing/paths'
import { AuthProvider } from '@authchart/react'
import { expect, test } from 'vitest'
import { render } from 'vitest-browser-react'
import { page } from 'vitest/browser'
import { Door } from './door.tsx'

// less than the time that a test has, so that a path which waits in vain can say where it was
const patience = { timeout: 5_000 }
const shows = (text: string): Screen => ({
  async shows() {
    await expect.element(page.getByText(text), patience).toBeInTheDocument()
  },
})
const button = (name: string) => () => page.getByRole('button', { name }).click()

const screens = {
  restoring: shows('One moment'),
  anonymous: { ...shows('Sign in'), signIn: button('Sign in') },
  authenticating: { ...shows('Cancel'), cancel: button('Cancel') },
  challenged: { ...shows('Enter the code'), answerChallenge: button('Enter the code') },
  authenticated: { ...shows('Sign out'), signOut: button('Sign out') },
  refreshing: { ...shows('Sign out'), signOut: button('Sign out') },
  expired: { ...shows('Your session ended'), dismiss: button('Your session ended') },
  signingOut: shows('Goodbye'),
  signedOut: { ...shows('Goodbye'), dismiss: button('Goodbye') },
}

const paths = authPaths(
  {
    async open(auth) {
      const screen = await render(
        <AuthProvider auth={auth}>
          <Door />
        </AuthProvider>,
      )
      return screen.unmount
    },
    screens,
  },
  { user: { id: '1', name: 'Ann' } },
)

test.each(paths)('$id', (path) => path.run())

test('the paths cover what the file beside says', async () => {
  await expect(coverageOf(paths)).toMatchFileSnapshot('door-coverage.txt')
})
