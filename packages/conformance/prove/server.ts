/** A server as strict as can be: a refresh token that is shown a second time is a crime. */
import type { Answer, Session, State } from './state.ts'
import type { DiskRecord } from './words.ts'

export const LIFETIME = 3_600_000

const nameIn = (token: string | null): string | undefined => token?.match(/~\d+~/)?.[0]

/** The sign-in that a token belongs to. */
export function sessionOf({ sessions }: Pick<State, 'sessions'>, token: string | null | undefined): Session | null {
  const name = nameIn(token ?? null)
  return sessions.find(({ tokens }) => name !== undefined && tokens.includes(name)) ?? null
}

/** How many tokens the server had handed out by then: the generation of this one. */
const generationOf = ({ tokens }: Session, token: string | null | undefined): number =>
  tokens.indexOf(nameIn(token ?? null) ?? '') + 1

/** The server has not seen this token, and would take it. */
export function isGood(state: State, { refreshToken }: DiskRecord): boolean {
  const session = sessionOf(state, refreshToken)
  return session !== null && session.isAlive && generationOf(session, refreshToken) === session.tokens.length
}

function grant({ tokens }: Session, user: string): Answer {
  const name = tokens.at(-1)!
  return {
    value: { accessToken: `A${name}`, refreshToken: `R${name}`, expiresIn: LIFETIME / 1000, user: { id: user } },
  }
}

export interface Request {
  readonly kind: string
  readonly as?: string
  readonly token?: string | null
  /** The user has given the sign-in up before it gets there. */
  readonly isGivenUp?: boolean
}

/** What the server does and answers. `stranger`: it mixes two users up. Throws what must not be asked of it. */
export function serve(state: State, request: Request, name: () => string, stranger = false): Answer {
  if (request.kind === 'signIn') {
    const session: Session = {
      user: request.as ?? '',
      tokens: [name()],
      id: null,
      isAlive: true,
      isNew: true,
      isLeft: false,
      isReplaced: false,
      lost: 0,
      isGivenUp: request.isGivenUp === true,
    }
    state.sessions.push(session)
    return grant(session, stranger ? 'eve' : session.user)
  }
  const session = sessionOf(state, request.token)
  if (!session) throw new Crime(`a token is sent to the server (${request.kind}) that it never handed out`)
  if (request.kind === 'signOut') {
    session.isAlive = false
    return { value: null }
  }
  const isOld = generationOf(session, request.token) < session.tokens.length
  if (isOld) throw new Crime('a refresh token is spent twice')
  if (!session.isAlive) return { error: 'refused' }
  session.tokens.push(name())
  return grant(session, stranger ? 'eve' : session.user)
}

/** Something that must not happen. */
export class Crime extends Error {}
