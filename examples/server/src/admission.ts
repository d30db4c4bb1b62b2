import type { User } from './accounts.ts'
import type { Emulator } from './emulator.ts'
import { ApiError } from './errors.ts'
import { verifyPassword } from './secrets.ts'

/** Whether a user who has proved who they are may come in. Spends the code when there is one to spend. */
export function admit(emulator: Emulator, user: User, mfaCode: string | undefined): void {
  if (user.banned) throw new ApiError('auth/account-banned')
  const needsVerified = user.verification_required === 1 || emulator.settings.requireVerifiedEmail
  if (needsVerified && !user.email_verified) throw new ApiError('auth/email-not-verified')
  if (!user.totp_secret) return
  if (mfaCode === undefined) throw new ApiError('auth/mfa-required')
  proveSecondFactor(emulator, user, mfaCode)
}

export function proveSecondFactor({ limits, mfa }: Emulator, user: User, code: string): void {
  const attempt = limits.secondFactor(user.id)
  if (!mfa.accept(user, code)) throw new ApiError('auth/invalid-mfa-code')
  attempt.succeed()
}

/** The user as they are now, if the password is theirs. */
export async function provePassword({ accounts, limits }: Emulator, user: User, password: string): Promise<User> {
  const attempt = limits.password(user.id)
  const matches = await verifyPassword(user.password_hash, password)
  // read again: hashing takes its time, and the account may have changed meanwhile
  const now = accounts.byId(user.id)
  if (!matches || now?.password_hash !== user.password_hash) throw new ApiError('auth/invalid-password')
  attempt.succeed()
  return now
}
