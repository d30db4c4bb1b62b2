import { createTestAuth } from '@authchart/core/testing'
import type { BkendCredentials, BkendUser } from '@authchart/core/bkend'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { comeFromGoogle, register, takeLink } from './entering.ts'

const start = location.href
beforeEach(() => sessionStorage.clear())
afterEach(() => history.replaceState(null, '', start))

const nina: BkendUser = { id: 'u3', name: 'Nina', email: 'nina@example.com', role: 'user' } as BkendUser

/** An auth where no user is signed in, and what its client was given since. */
function open() {
  const given: BkendCredentials[] = []
  const grant = async (credentials: BkendCredentials) => {
    given.push(credentials)
    return { accessToken: 'access', refreshToken: 'refresh', user: nina }
  }
  const auth = createTestAuth<BkendUser, BkendCredentials>({
    status: 'anonymous',
    client: { signIn: grant, signUp: grant },
  })
  return { auth, given }
}

test('an account is made with a password [W4]', async () => {
  const { auth, given } = open()
  await expect(register(auth, 'nina@example.com', 'correct horse', 'Nina')).resolves.toEqual(nina)
  expect(given).toEqual([{ email: 'nina@example.com', password: 'correct horse', name: 'Nina' }])
})

test('the token of a magic link leaves the address at once, and signs in when the user says so [W4]', async () => {
  const { auth, given } = open()
  history.replaceState(null, '', '/link?token=from-the-mail')
  const enter = takeLink(auth)
  expect(location.href).not.toContain('from-the-mail')
  expect(given).toEqual([])
  await enter?.()
  expect(given).toEqual([{ token: 'from-the-mail' }])
  expect(auth.getState()).toMatchObject({ status: 'authenticated', user: nina })
})

test('a page without a link signs no user in [W4]', async () => {
  const { auth } = open()
  history.replaceState(null, '', '/link')
  expect(takeLink(auth)).toBeNull()
})

test('what Google sends back signs in the browser that asked for it, once [W4]', async () => {
  const { auth, given } = open()
  sessionStorage.setItem('google-state', 'asked-here')
  history.replaceState(null, '', '/google?code=from-google&state=asked-here')
  await comeFromGoogle(auth)
  const redirectUri = new URL('/google', location.origin).href
  expect(given).toEqual([{ provider: 'google', code: 'from-google', state: 'asked-here', redirectUri }])
  expect(location.search).toBe('')

  history.replaceState(null, '', '/google?code=from-google&state=asked-here')
  expect(comeFromGoogle(auth)).toBeNull()
})

test.each(['?code=planted&state=not-asked-here', '?code=planted', '?error=access_denied'])(
  'a sign-in with Google that this browser did not ask for is left alone: %s [W4]',
  async (search) => {
    const { auth, given } = open()
    history.replaceState(null, '', `/google${search}`)
    expect(comeFromGoogle(auth)).toBeNull()
    expect(given).toEqual([])
  },
)
