import { claimsOf } from '../session/claims.ts'
import { fieldOf } from '../data.ts'
import { AuthError } from '../errors.ts'
import { userIdOf } from '../session/identity.ts'
import { internalsOf } from '../internals.ts'
import type { Auth } from '../types.ts'
import { own, toGrant } from './answers.ts'
import {
  readEnrolment,
  readSessions,
  readBackupCodes,
  type BkendEnrolment,
  type BkendSessions,
} from './account-answers.ts'
import { isAccessExpiry } from './classify.ts'
import { requestOf } from './client.ts'
import type { BkendTarget, RequestOptions } from './http.ts'
import { readTexts } from './input.ts'

/**
 * What users do with their account at bkend.ai. Every method is bound, sends once, and rejects with an AuthError only:
 * `'invalid-request'`, and nothing is sent, if an argument is missing or of the wrong type.
 */
export interface BkendAccount {
  readonly sessions: {
    /** The user's sessions on all devices, page by page (from 1). */
    list(options?: { readonly page?: number | undefined; readonly limit?: number | undefined }): Promise<BkendSessions>
    /** Ends one session. If it is this one, this user is signed out here. */
    end(id: string): Promise<void>
  }
  readonly password: {
    /** Ends every session of the user, this one too: sign in again with the new password. */
    change(options: { readonly currentPassword: string; readonly newPassword: string }): Promise<void>
    /** Has a reset mail sent. Resolves whether or not there is such an account. */
    requestReset(email: string): Promise<void>
    /** Sets a new password with the `token` of the mail. Ends every session of that user. */
    confirmReset(options: {
      readonly email: string
      readonly token: string
      readonly newPassword: string
    }): Promise<void>
  }
  readonly mfa: {
    /** Begins to set up a second factor: show the QR code, then `confirm` with a code from the app. */
    enable(options: { readonly password: string }): Promise<BkendEnrolment>
    /** Switches it on. Show the backup codes once and keep none. */
    confirm(options: { readonly code: string }): Promise<{ readonly backupCodes: readonly string[] }>
    disable(options: { readonly password: string; readonly code?: string | undefined }): Promise<void>
  }
  readonly email: {
    sendVerification(options: { readonly email: string; readonly callbackUrl?: string | undefined }): Promise<void>
    verify(options: { readonly email: string; readonly token: string }): Promise<void>
    resend(options: { readonly email: string; readonly callbackUrl?: string | undefined }): Promise<void>
  }
  readonly magicLink: {
    /** Sends a link that comes back to `callbackUrl?token=…`; sign in with that token. A new address is signed up. */
    send(options: { readonly email: string; readonly callbackUrl: string }): Promise<void>
  }
  readonly organization: {
    /** Goes on as a member of that organisation, with new tokens. */
    switch(id: string): Promise<void>
  }
  /** Deletes the account. There is no way back. */
  withdraw(): Promise<void>
}

type Body = RequestOptions['body']

interface Answer {
  readonly answer: unknown
  /** The token that it was asked with, and for whom. */
  readonly accessToken: string
  readonly userId: string | null
}

/**
 * What signed-in users do with their account: sessions, password, second factor, e-mail, organisation.
 *
 * @example
 * const account = bkendAccount(auth)
 * await account.password.change({ currentPassword, newPassword })
 * auth.getState().status // 'expired': the user signs in again, with the new password
 * @param auth what `createAuth` returned for a client made by `bkend`
 */
export function bkendAccount(auth: Pick<Auth, 'getState' | 'getAccessToken' | 'refresh'>): BkendAccount {
  const internals = internalsOf(auth)
  const request = requestOf(internals.client)
  const send = (
    asked: 'account' | 'redeem',
    target: BkendTarget,
    options: Omit<RequestOptions, 'signal'>,
  ): Promise<unknown> => internals.inTime((signal) => request(asked, target, { ...options, signal }))

  async function asAnybody(
    asked: 'account' | 'redeem',
    target: BkendTarget,
    body: NonNullable<Body>,
  ): Promise<unknown> {
    return send(asked, target, { body })
  }

  /** Notes who asks. While the session is still being restored, that is the user who is found. */
  function whoAsks(): () => void {
    const { status, user } = auth.getState()
    if (!user && status === 'expired') throw new AuthError('session-expired')
    if (!user && status !== 'restoring') throw new AuthError('not-authenticated')
    const id = userIdOf(user)
    return () => {
      if (user && userIdOf(auth.getState().user) !== id) throw new AuthError('identity-changed')
    }
  }

  /** Sends in the name of the user who asked, and not of one who signed in since. */
  async function asUser(target: BkendTarget, body?: Body): Promise<Answer> {
    const checkSame = whoAsks()
    return renewedOnce(async () => {
      const accessToken = await auth.getAccessToken()
      checkSame()
      if (accessToken === null) throw new AuthError('not-authenticated')
      const userId = userIdOf(auth.getState().user)
      const answer = await send('account', target, { accessToken, ...(body && { body }) })
      return { answer, accessToken, userId }
    })
  }

  /** Only a refused access token, which means that nothing was done, is ever a reason to send again. */
  async function renewedOnce<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask()
    } catch (error) {
      if (!isAccessExpiry(error)) throw error
    }
    await auth.refresh()
    return ask()
  }

  /** Does what ends the session. */
  async function asLastAct(target: BkendTarget, body?: Body): Promise<void> {
    await endSessionOf(await asUser(target, body))
  }

  /** Ends it here too, because a renewal would only be refused; but not the session of a user who signed in since. */
  async function endSessionOf({ userId }: Answer): Promise<void> {
    if (userIdOf(auth.getState().user) === userId) await internals.endSession('credentials-changed')
  }

  return {
    sessions: {
      async list(options) {
        const query = new URLSearchParams()
        for (const name of ['page', 'limit']) {
          const value = fieldOf(options, name) ?? undefined
          if (value === undefined) continue
          if (!Number.isSafeInteger(value) || (value as number) < 1) throw new AuthError('invalid-request')
          query.set(name, `${value as number}`)
        }
        const search = query.toString()
        return readSessions((await asUser(`GET /auth/sessions${search && `?${search}`}`)).answer)
      },
      async end(given) {
        const { id } = readTexts({ id: given }, ['id'])
        // dots would be another path; half a surrogate pair cannot be encoded
        if (/^\.+$|\p{Cs}/u.test(id)) throw new AuthError('invalid-request')
        const answer = await asUser(`DELETE /auth/sessions/${encodeURIComponent(id)}`)
        if (isNamedIn(answer.accessToken, id)) await endSessionOf(answer)
      },
    },
    password: {
      async change(options) {
        await asLastAct('POST /auth/password/change', readTexts(options, ['currentPassword', 'newPassword']))
      },
      async requestReset(email) {
        await asAnybody('account', 'POST /auth/password/reset/request', readTexts({ email }, ['email']))
      },
      async confirmReset(options) {
        const body = readTexts(options, ['email', 'token', 'newPassword'])
        await asAnybody('redeem', 'POST /auth/password/reset/confirm', body)
        const ownEmail = own(auth.getState().user, 'email')
        const isOwn = typeof ownEmail === 'string' && ownEmail.toLowerCase() === body.email.toLowerCase()
        if (isOwn) await internals.endSession('credentials-changed')
      },
    },
    mfa: {
      async enable(options) {
        return readEnrolment((await asUser('POST /auth/mfa/enable', readTexts(options, ['password']))).answer)
      },
      async confirm(options) {
        const { answer } = await asUser('POST /auth/mfa/confirm', readTexts(options, ['code']))
        return { backupCodes: readBackupCodes(answer) }
      },
      async disable(options) {
        await asUser('POST /auth/mfa/disable', readTexts(options, ['password'], ['code']))
      },
    },
    email: {
      async sendVerification(options) {
        await asAnybody('account', 'POST /auth/email/verify/send', readTexts(options, ['email'], ['callbackUrl']))
      },
      async verify(options) {
        const body = readTexts(options, ['email', 'token'])
        const answer = await asAnybody('redeem', 'POST /auth/email/verify/confirm', body)
        if (own(answer, 'verified') === false) throw new AuthError('link-expired')
      },
      async resend(options) {
        await asAnybody('account', 'POST /auth/email/verify/resend', readTexts(options, ['email'], ['callbackUrl']))
      },
    },
    magicLink: {
      async send(options) {
        const { email, callbackUrl } = readTexts(options, ['email', 'callbackUrl'])
        // if there is an account, signing up sends a link to sign in
        await asAnybody('account', 'POST /auth/email/signup', { method: 'magiclink', email, callbackUrl })
      },
    },
    organization: {
      async switch(id) {
        const body = readTexts({ organizationId: id }, ['organizationId'])
        // the new pair would come to the page, and its refresh token is kept elsewhere
        if (internals.client.storage) throw new AuthError('not-supported')
        const checkSame = whoAsks()
        await renewedOnce(() =>
          internals.replaceGrant(async ({ accessToken }, { signal }) => {
            checkSame()
            return toGrant(
              await request('account', 'POST /auth/switch-organization', { accessToken, body, signal }),
              true,
            )
          }),
        )
      },
    },
    withdraw: () => asLastAct('DELETE /auth/withdraw'),
  }
}

/**
 * Whether an access token says that it belongs to that session. If it does not say, the next renewal will tell. Not by
 * `jti`: that names the token (RFC 7519 §4.1.7), and a session of the same number is another one.
 */
function isNamedIn(accessToken: string, id: string): boolean {
  const { sid, session_id, sessionId } = claimsOf(accessToken)
  return [sid, session_id, sessionId].some((claim) => (typeof claim === 'number' ? `${claim}` : claim) === id)
}
