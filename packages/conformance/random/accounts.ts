/** Users, sessions and tokens of the strict server: what is true there, whether a tab has heard of it or not. */
import { AuthError, type AccessTokens, type Grant } from '@authchart/core'
import { secret } from '../src/secrets.ts'

export type Name = 'ann' | 'bob'
export interface User {
  readonly id: string
  readonly role: string
}
export interface Credentials {
  readonly name: Name
  readonly password: string
  /** Asks for a second factor. */
  readonly isGuarded: boolean
}

/** What the server is like. */
export interface ServerSetup {
  /** Access tokens name their subject. Else they cannot be read. */
  readonly isJwt: boolean
  readonly sendsUser: boolean
  readonly hasGetUser: boolean
  readonly hasPing: boolean
}

/** What may be wrong with the server itself. */
export type Disorder = 'someoneElse' | 'banned' | undefined

interface Session {
  readonly sid: string
  readonly name: Name
  isLive: boolean
}
interface Token {
  readonly session: Session
  readonly dies: number
  isUsed: boolean
}

const TTL = 3600
const LONGEST_IDLE = 7 * 86_400_000
const REFUSED = { status: 401 } as const
export const passwordOf = (name: Name): string => secret(`password-of-${name}`)
export const rightCode = secret('code-right')
export const wrongCode = secret('code-wrong')

const base64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

export function createAccounts({ isJwt, sendsUser }: ServerSetup, now: () => number) {
  const users = {
    ann: { id: 'u-ann', role: 'editor' },
    bob: { id: 'u-bob', role: 'member' },
  }
  const sessions = new Set<Session>()
  const access = new Map<string, Token>()
  const refreshes = new Map<string, Token>()
  /** Sessions that were answered for with another user. */
  const mixedUp = new Set<string>()
  let replays = 0
  let count = 0

  function grantTo(session: Session): Grant<User> {
    count += 1
    const user = users[session.name]
    const iat = Math.floor(now() / 1000)
    const opaque = secret(`access-${count}`)
    const claims = { sub: user.id, iat, exp: iat + TTL }
    const accessToken = isJwt ? `${base64({ alg: 'none' })}.${base64(claims)}.${opaque}` : opaque
    const refreshToken = secret(`refresh-${count}`)
    access.set(accessToken, { session, dies: now() + TTL * 1000, isUsed: false })
    refreshes.set(refreshToken, { session, dies: now() + LONGEST_IDLE, isUsed: false })
    return { accessToken, refreshToken, ...(!isJwt && { expiresIn: TTL }), ...(sendsUser && { user: { ...user } }) }
  }

  function begin(name: Name): Grant<User> {
    const session: Session = { sid: `s${count}`, name, isLive: true }
    sessions.add(session)
    return grantTo(session)
  }

  const isGood = (token: Token | undefined): token is Token =>
    token !== undefined && token.session.isLive && token.dies > now()

  function endAll(name: Name): void {
    for (const session of sessions) if (session.name === name) session.isLive = false
  }

  function ban({ session }: Token): never {
    endAll(session.name)
    throw new AuthError('account-banned', { status: 403 })
  }

  /** Whom a mixed-up server answers for. */
  function nameFor({ session }: Token, disorder: Disorder): Name {
    if (disorder !== 'someoneElse') return session.name
    mixedUp.add(session.sid)
    return session.name === 'ann' ? 'bob' : 'ann'
  }

  return {
    mixedUp: mixedUp as ReadonlySet<string>,
    replays: () => replays,
    endAll,
    living: (): readonly string[] => [...sessions].filter(({ isLive }) => isLive).map(({ sid }) => sid),
    /** Tokens that are dead: whether they were used makes no difference to a session any more. */
    forgetDead() {
      for (const tokens of [access, refreshes])
        for (const [token, { dies }] of tokens) if (dies <= now()) tokens.delete(token)
    },
    knowsRefresh: (token: string): boolean => refreshes.has(token),
    changeRole(name: Name) {
      users[name] = { ...users[name], role: users[name].role === 'editor' ? 'member' : 'editor' }
    },
    isGoodAccess: (token: string): boolean => isGood(access.get(token)),
    ownerOf(token: string): { readonly id: string; readonly sid: string } | null {
      const session = access.get(token)?.session
      return session ? { id: users[session.name].id, sid: session.sid } : null
    },
    sidOfRefresh: (token: string): string => refreshes.get(token)?.session.sid ?? '',

    signIn({ name, password, isGuarded }: Credentials): unknown {
      if (password !== passwordOf(name)) throw new AuthError('invalid-credentials', REFUSED)
      return isGuarded ? { challenge: { kind: 'totp', handle: { name, key: secret('handle') } } } : begin(name)
    },
    answerChallenge({ handle, code }: { handle: { name: Name }; code: string }): Grant<User> {
      if (code !== rightCode) throw new AuthError('invalid-code', REFUSED)
      return begin(handle.name)
    },
    refresh({ refreshToken }: { refreshToken: string }, disorder: Disorder): Grant<User> {
      const token = refreshes.get(refreshToken)
      if (disorder === 'banned' && token) ban(token)
      if (token?.isUsed && token.session.isLive) {
        replays += 1
        endAll(token.session.name)
      }
      if (!isGood(token)) throw new AuthError('session-expired', REFUSED)
      token.isUsed = true
      const name = nameFor(token, disorder)
      return name === token.session.name ? grantTo(token.session) : begin(name)
    },
    getUser({ accessToken }: { accessToken: string }, disorder: Disorder): User {
      const token = access.get(accessToken)
      if (disorder === 'banned' && token) ban(token)
      if (!isGood(token)) throw new AuthError('session-expired', REFUSED)
      return { ...users[nameFor(token, disorder)] }
    },
    signOut({ accessToken, refreshToken }: AccessTokens): void {
      const token = refreshes.get(refreshToken ?? '') ?? access.get(accessToken ?? '')
      if (!token?.session.isLive) throw new AuthError('session-expired', REFUSED)
      token.session.isLive = false
    },
  }
}
