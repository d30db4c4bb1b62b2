/** Users, sessions and tokens of the strict server: what is true there, whether a tab has heard of it or not. */
import { AuthError } from '../errors.ts'
import type { AccessTokens, Grant } from '../types.ts'

/** An account of the server. */
export interface WorldAccount {
  readonly id: string
  readonly email: string
  readonly password: string
  readonly name?: string
  /** Default `'user'`. */
  readonly role?: string
  /** The server asks for a second factor, and this code is right. */
  readonly code?: string
}

/** What the server says of a user. */
export type WorldUser = Required<Omit<WorldAccount, 'password' | 'code'>>

export interface WorldPassword {
  readonly email: string
  readonly password: string
}

/** What the server is like. */
export interface WorldServerSetup {
  /** Access tokens name their subject and when they end. Else they cannot be read. Default true. */
  readonly isJwt: boolean
  /** Grants bring the user along. Default true. */
  readonly sendsUser: boolean
  /** Default true. */
  readonly hasGetUser: boolean
  /** Default true. */
  readonly hasPing: boolean
  /** Milliseconds that the server's clock is ahead of the device's. Default 0. */
  readonly ahead: number
  /** Writes a secret: the name of one is `'access-1'`, say. For a test that looks for them where they must not be. */
  readonly secret: (name: string) => string
}

/** What may be wrong with the server itself. */
export type Disorder = 'someoneElse' | 'banned' | undefined

interface Session {
  readonly sid: string
  readonly id: string
  isLive: boolean
}
interface Token {
  readonly session: Session
  readonly dies: number
  isUsed: boolean
}
export interface Handle {
  readonly email: string
  readonly key: string
}

const TTL = 3600
const LONGEST_IDLE = 7 * 86_400_000
const REFUSED = { status: 401 } as const

const base64 = (value: object): string =>
  btoa(JSON.stringify(value)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')

const toUser = ({ id, email, name = email, role = 'user' }: WorldAccount): WorldUser => ({ id, email, name, role })

export function createAccounts(given: readonly WorldAccount[], setup: WorldServerSetup, now: () => number) {
  const { isJwt, sendsUser, secret } = setup
  const accounts = new Map(given.map((account) => [account.email, account]))
  /** By id: two accounts of one user differ in how they sign in. */
  const users = new Map(given.map((account) => [account.id, toUser(account)]))
  const sessions = new Set<Session>()
  const access = new Map<string, Token>()
  const refreshes = new Map<string, Token>()
  const banned = new Set<string>()
  /** Sessions that were answered for with another user. */
  const mixedUp = new Set<string>()
  let replays = 0
  let count = 0

  const userOf = (id: string): WorldUser => ({ ...(users.get(id) as WorldUser) })

  function grantTo(session: Session): Grant<WorldUser> {
    count += 1
    const user = userOf(session.id)
    const iat = Math.floor(now() / 1000)
    const opaque = secret(`access-${count}`)
    const claims = { sub: user.id, iat, exp: iat + TTL }
    const accessToken = isJwt ? `${base64({ alg: 'none' })}.${base64(claims)}.${opaque}` : opaque
    const refreshToken = secret(`refresh-${count}`)
    access.set(accessToken, { session, dies: now() + TTL * 1000, isUsed: false })
    refreshes.set(refreshToken, { session, dies: now() + LONGEST_IDLE, isUsed: false })
    return { accessToken, refreshToken, ...(!isJwt && { expiresIn: TTL }), ...(sendsUser && { user }) }
  }

  function begin(id: string): Grant<WorldUser> {
    if (banned.has(id)) throw new AuthError('account-banned', { status: 403 })
    const session: Session = { sid: `s${count}`, id, isLive: true }
    sessions.add(session)
    return grantTo(session)
  }

  const isGood = (token: Token | undefined): token is Token =>
    token !== undefined && token.session.isLive && token.dies > now()

  function endAll(id: string): void {
    for (const session of sessions) if (session.id === id) session.isLive = false
  }

  function refuse({ session }: Token): never {
    endAll(session.id)
    throw new AuthError('account-banned', { status: 403 })
  }

  /** Whom a mixed-up server answers for. */
  function idFor({ session }: Token, disorder: Disorder): string {
    if (disorder !== 'someoneElse') return session.id
    mixedUp.add(session.sid)
    return [...users.keys()].find((id) => id !== session.id) ?? session.id
  }

  const isBanned = (token: Token, disorder: Disorder): boolean => disorder === 'banned' || banned.has(token.session.id)

  return {
    mixedUp: mixedUp as ReadonlySet<string>,
    replays: () => replays,
    endAll,
    ban: (id: string): void => void banned.add(id),
    living: (): readonly string[] => [...sessions].filter(({ isLive }) => isLive).map(({ sid }) => sid),
    livingOf: (id: string): number => [...sessions].filter((session) => session.isLive && session.id === id).length,
    /** Tokens that are dead: whether they were used makes no difference to a session any more. */
    forgetDead() {
      for (const tokens of [access, refreshes])
        for (const [token, { dies }] of tokens) if (dies <= now()) tokens.delete(token)
    },
    knowsRefresh: (token: string): boolean => refreshes.has(token),
    setRole: (id: string, role: string): void => void users.set(id, { ...userOf(id), role }),
    userOf,
    accountOf: (role: string): WorldAccount | undefined =>
      [...accounts.values()].find(({ id, code }) => userOf(id).role === role && code === undefined),
    isGoodAccess: (token: string): boolean => isGood(access.get(token)),
    ownerOf(token: string): { readonly id: string; readonly sid: string } | null {
      const session = access.get(token)?.session
      return session ? { id: session.id, sid: session.sid } : null
    },
    sidOfRefresh: (token: string): string => refreshes.get(token)?.session.sid ?? '',
    /** All access tokens are refused from now on, as after a change of the server's key. */
    expireAccess: (): void => access.clear(),

    signIn({ email, password }: WorldPassword): unknown {
      const account = accounts.get(email)
      if (!account || account.password !== password) throw new AuthError('invalid-credentials', REFUSED)
      if (account.code === undefined) return begin(account.id)
      return { challenge: { kind: 'totp', handle: { email, key: secret('handle') } satisfies Handle } }
    },
    signUp(details: WorldPassword & { readonly name?: string }): Grant<WorldUser> {
      if (accounts.has(details.email)) throw new AuthError('email-taken', { status: 409 })
      const account = { ...details, id: `u-${users.size + 1}` }
      accounts.set(account.email, account)
      users.set(account.id, toUser(account))
      return begin(account.id)
    },
    answerChallenge({ handle, code }: { handle: Handle; code: string }): Grant<WorldUser> {
      const account = accounts.get(handle.email)
      if (!account || code !== account.code) throw new AuthError('invalid-code', REFUSED)
      return begin(account.id)
    },
    refresh({ refreshToken }: { refreshToken: string }, disorder: Disorder): Grant<WorldUser> {
      const token = refreshes.get(refreshToken)
      if (token && isBanned(token, disorder)) refuse(token)
      if (token?.isUsed && token.session.isLive) {
        replays += 1
        endAll(token.session.id)
      }
      if (!isGood(token)) throw new AuthError('session-expired', REFUSED)
      token.isUsed = true
      const id = idFor(token, disorder)
      return id === token.session.id ? grantTo(token.session) : begin(id)
    },
    getUser({ accessToken }: { accessToken: string }, disorder: Disorder): WorldUser {
      const token = access.get(accessToken)
      if (token && isBanned(token, disorder)) refuse(token)
      if (!isGood(token)) throw new AuthError('session-expired', REFUSED)
      return userOf(idFor(token, disorder))
    },
    signOut({ accessToken, refreshToken }: AccessTokens): void {
      const token = refreshes.get(refreshToken ?? '') ?? access.get(accessToken ?? '')
      if (!token?.session.isLive) throw new AuthError('session-expired', REFUSED)
      token.session.isLive = false
    },
  }
}
