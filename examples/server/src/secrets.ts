import { createHash, randomBytes } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'

/** The least that OWASP recommends for Argon2id, which is the library's default algorithm. */
const ARGON2 = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** The password of no user, hashed with the parameters above: verified in the place of users who do not exist. */
const NO_USER = '$argon2id$v=19$m=19456,t=2,p=1$xzC9nQQdFZYgn9fpY3wuDA$SUys4HpzP3jpsU0jA1PF4n57L6y3j9qvrBRKnLQhuXM'

export function hashPassword(password: string): Promise<string> {
  return hash(password, ARGON2)
}

/** Takes as long without a hash as with one, so that a caller does not learn who has an account. */
export async function verifyPassword(passwordHash: string | null, password: string): Promise<boolean> {
  const matches = await verify(passwordHash ?? NO_USER, password)
  return passwordHash !== null && matches
}

/** 256 bits of chance, for refresh tokens and mail links. */
export function randomToken(): string {
  return randomBytes(32).toString('base64url')
}

/** Enough for secrets that are random already; passwords go through {@link hashPassword}. */
export function fingerprint(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
