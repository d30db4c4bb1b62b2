/**
 * Whether an answer says that its access token is no longer good (RFC 6750 §3): a 401 that asks for another one. One that
 * asks for something else (a stronger sign-in, RFC 9470 §3; a wider scope; Basic or DPoP) would be the same after a renewal.
 */
export function isBearerRefused({ status, headers }: Pick<Response, 'status' | 'headers'>): boolean {
  if (status !== 401) return false
  const challenge = headers.get('www-authenticate')
  return (
    challenge === null || (/(^|,)\s*bearer\b/i.test(challenge) && !/insufficient_(scope|user_auth)/.test(challenge))
  )
}
