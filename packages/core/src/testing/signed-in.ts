import { createAuth } from '../auth.ts'
import type { Auth, AuthClient, AuthOptions, Grant, Guards } from '../types.ts'
import { fakeClock } from './clock.ts'
import { fakeNetwork } from './network.ts'

export interface SignedInAuthOptions<TUser, TCredentials, TGuards> extends Partial<
  Omit<AuthOptions<TUser, TCredentials, TGuards>, 'client' | 'storage'>
> {
  /** What the server does differently: `{ signOut: () => Promise.reject(new AuthError('network')) }`. */
  readonly client?: Partial<AuthClient<TUser, TCredentials>>
}

const SECONDS = 3600

/**
 * An auth in which `user` is signed in, for a test of a component. Its server is in memory, grants every sign-in to this
 * user and answers at once; its time stands still, so a guard that depends on the age of the sign-in stays open. Give
 * `clock: fakeClock()` to move the time.
 *
 * @example
 * const auth = await signedInAuth({ id: '1', name: 'Ann', role: 'admin' }, { guards: { isAdmin: hasRole('admin') } })
 * const screen = await render(<AuthProvider auth={auth}><Header /></AuthProvider>)
 * await auth.signOut()
 * @throws AuthError `'invalid-response'` if the user has no id that can be read: give `client: { userId }`
 */
export async function signedInAuth<TUser, TCredentials = unknown, TGuards extends Guards<TUser> = Record<never, never>>(
  user: TUser,
  options: SignedInAuthOptions<TUser, TCredentials, TGuards> & { readonly guards?: Guards<NoInfer<TUser>> } = {},
): Promise<Auth<TUser, TCredentials, TGuards>> {
  let grants = 0
  const grant = async (): Promise<Grant<TUser>> => {
    grants += 1
    return { accessToken: `access-${grants}`, refreshToken: `refresh-${grants}`, expiresIn: SECONDS, user }
  }
  const client: AuthClient<TUser, TCredentials> = {
    signIn: grant,
    signUp: grant,
    answerChallenge: grant,
    refresh: grant,
    getUser: async () => user,
    signOut: async () => {},
    ...options.client,
  }
  const signInLater = client.signIn.bind(client)
  // the first one is this function's own, whatever the test wants of later ones
  client.signIn = (credentials, call) => (grants === 0 ? grant() : signInLater(credentials, call))
  const auth = createAuth<TUser, TCredentials, TGuards>({
    clock: fakeClock(),
    network: fakeNetwork(),
    ...options,
    // whether its users can be told apart is seen when this one signs in
    client: client as Parameters<typeof createAuth<TUser, TCredentials, TGuards>>[0]['client'],
  })
  await auth.signIn({} as TCredentials)
  return auth
}
