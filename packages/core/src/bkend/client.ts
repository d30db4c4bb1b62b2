import { AuthError, explain } from '../errors.ts'
import type { AuthClient, CallOptions, ChallengeDemand, Grant } from '../types.ts'
import { toGrant, toUser, type BkendRole, type BkendUser } from './answers.ts'
import type { Asked } from './classify.ts'
import { connect, isTokenRefused, type BkendRequest, type BkendTarget } from './http.ts'
import { readOptions, type BkendOptions } from './options.ts'

/** With e-mail and password; `name` is for signing up. */
export interface BkendPassword {
  readonly email: string
  readonly password: string
  readonly name?: string | undefined
}

/** With the `token` that a magic link brought back to its `callbackUrl`. */
export interface BkendMagicLink {
  readonly token: string
}

/** With what a provider sent back. Compare `state` with the one that was sent out before you hand it on. */
export type BkendSocial = {
  readonly provider: 'google' | 'github'
  readonly redirectUri?: string | undefined
  readonly state?: string | undefined
} & ({ readonly code: string } | { readonly idToken: string })

export type BkendCredentials = BkendPassword | BkendMagicLink | BkendSocial

/** How {@link requestOf} reaches the connection of a client, also of a copy of it or one from another copy of this package. */
const connection = Symbol.for('authchart.bkend')

export type BkendClient<TRole extends string = BkendRole> = Required<
  Omit<AuthClient<BkendUser<TRole>, BkendCredentials>, 'userId' | 'storage'>
>

const CHALLENGE_SECONDS = 300

/**
 * The client for bkend.ai. Sign in with e-mail and password, with the token of a magic link, or with the code of a
 * social login; ask for the magic link itself with `bkendAccount`. Where all roles of the project are known, name them:
 * then a misspelt one does not compile.
 *
 * @example
 * const auth = createAuth({ client: bkend({ publishableKey: 'pk_…' }), storage: browserStorage() })
 * await auth.signIn({ email, password })
 * @example
 * createAuth({ client: bkend<'admin' | 'user'>({ publishableKey: 'pk_…' }), guards: { isAdmin: hasRole('admin') } })
 * @throws AuthError `'misconfigured'` if an option cannot be read: the message names it, in development its cure too
 */
export function bkend<TRole extends string = BkendRole>(options: BkendOptions): BkendClient<TRole> {
  const settings = readOptions(options)
  const { origin, headers } = settings
  const request = connect(settings)

  async function enter(
    how: 'signin' | 'signup',
    credentials: unknown,
    { signal }: CallOptions,
    mfaCode?: string,
  ): Promise<Grant<BkendUser> | ChallengeDemand> {
    // a copy: what the user edits meanwhile is not what they entered
    const handle = { ...(credentials as Fields) }
    const [asked, target, body] = toCall(how, handle)
    try {
      return toGrant(await request(asked, target, { body: { ...body, mfaCode }, signal }))
    } catch (error) {
      if (!(error instanceof AuthError) || error.code !== 'challenge-required') throw error
      if (mfaCode !== undefined) throw new AuthError('invalid-code')
      return { challenge: { kind: 'totp', handle, expiresIn: CHALLENGE_SECONDS } }
    }
  }

  const client: BkendClient & { readonly [connection]: BkendRequest } = {
    [connection]: request,
    origin,
    id: [origin, ...Object.values(headers)].join(' '),
    replay: 'forbidden',
    signIn: (credentials, call) => enter('signin', credentials, call),
    signUp: (details, call) => enter('signup', details, call),
    // with a code there is no second challenge
    answerChallenge: ({ handle, code }, call) => enter('signin', handle, call, code) as Promise<Grant<BkendUser>>,
    async refresh({ refreshToken }, { signal }) {
      const grant = toGrant(await request('refresh', 'POST /auth/refresh', { body: { refreshToken }, signal }), true)
      // shown again it would end every session of the user
      if (grant.refreshToken === refreshToken) throw new AuthError('invalid-response')
      return grant
    },
    getUser: async ({ accessToken }, { signal }) =>
      toUser(await request('getUser', 'GET /auth/me', { accessToken, signal })),
    async signOut({ accessToken }, { signal, keepalive }) {
      if (accessToken === null) throw new AuthError('not-authenticated')
      await request('account', 'POST /auth/signout', { accessToken, signal, keepalive })
    },
    headers: () => ({ ...headers }),
    isRefused: (response) => response.status === 401 && isTokenRefused(response),
    async ping({ signal }) {
      try {
        await request('getUser', 'GET /auth/me', { signal })
      } catch (error) {
        // any answer with a status came from a server; a proxy's page did not come from bkend
        const isAnswer = error instanceof AuthError && error.status !== undefined && error.code !== 'invalid-response'
        if (!isAnswer) throw error
      }
    },
  }
  // a role that the project did not name opens no guard
  return client as BkendClient as BkendClient<TRole>
}

/** The request function of a client that {@link bkend} made. */
export function requestOf(client: object): BkendRequest {
  const request = (client as { readonly [connection]?: BkendRequest })[connection]
  if (!request) throw explain('misconfigured', 'bkendAccount needs an auth whose client bkend() made.')
  return request
}

/** Credentials as they may come from code that no compiler saw. */
type Fields = { readonly [field: string]: string | undefined }

function toCall(
  how: 'signin' | 'signup',
  { email, password, name, token, provider, code, idToken, redirectUri, state }: Fields,
): [asked: Asked, target: BkendTarget, body: Fields] {
  if (token) return ['redeem', 'POST /auth/email/callback', { token }]
  if ((provider === 'google' || provider === 'github') && (code || idToken)) {
    return ['redeem', `POST /auth/${provider}/callback`, { code, idToken, redirectUri, state }]
  }
  if (!email || !password) throw new AuthError('invalid-request')
  const newName = how === 'signup' ? name : undefined
  return ['signIn', `POST /auth/email/${how}`, { method: 'password', email, password, name: newName }]
}
