import { authPaths, coverageOf, type Screen } from '@authchart/core/testing/paths'
import { guards, user } from '@authchart/example-shared/testing'
import { expect, test } from 'vitest'
import { page } from 'vitest/browser'
import { show } from './show.tsx'

// less than the time of a test, so that a path that waits in vain can say where it was
const patience = { timeout: 20_000 }
const see = (id: string): Screen => ({
  async shows() {
    await expect.element(page.getByTestId(id), patience).toBeInTheDocument()
  },
})
const press = (id: string) => () => page.getByTestId(id).click()

async function signIn(): Promise<void> {
  await press('mode-sign-in')()
  await press('seed-user')()
  await press('submit')()
}

async function signUp(): Promise<void> {
  await press('mode-sign-up')()
  await page.getByTestId('name').fill('User')
  await press('seed-user')()
  await press('submit')()
}

async function answerChallenge(): Promise<void> {
  await page.getByTestId('code').fill('123456')
  await press('submit-code')()
}

// with room for the panel, which has the button that renews the token
await page.viewport(1280, 800)

const paths = authPaths(
  {
    open: (auth) => show(auth),
    screens: {
      restoring: see('pending'),
      anonymous: { ...see('plain-title'), signIn, signUp },
      authenticating: { ...see('cancel'), cancel: press('cancel') },
      challenged: { ...see('challenge-form'), answerChallenge, cancel: press('cancel') },
      authenticated: { ...see('profile'), signOut: press('sign-out'), refresh: press('command-refresh') },
      refreshing: { ...see('profile'), signOut: press('sign-out') },
      expired: { ...see('expired-title'), signIn, dismiss: press('dismiss') },
      signingOut: { ...see('signedOut-title'), signIn },
      signedOut: { ...see('signedOut-title'), signIn, dismiss: press('dismiss') },
    },
  },
  { user, guards },
)

test.each(paths)('$id', (path) => path.run())

test('these paths take the transitions that the file beside says', async () => {
  await expect(coverageOf(paths)).toMatchFileSnapshot('coverage.txt')
})
