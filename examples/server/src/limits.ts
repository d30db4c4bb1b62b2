import type { Clock } from './clock.ts'
import { ApiError, type ErrorCode } from './errors.ts'
import type { Limit, Settings } from './settings.ts'

/** Each call counts one try and throws a 429 with `Retry-After` when it was one too many. */
export interface RateLimits {
  /** Counted before the password is looked at, so that parallel guesses do not slip through. */
  readonly signIn: (email: string) => Attempt
  readonly secondFactor: (userId: string) => Attempt
  readonly password: (userId: string) => Attempt
  readonly refresh: (sessionId: string) => void
  readonly code: (kind: string, email: string) => void
  readonly request: (address: string) => void
  /** Forgets the bad sign-ins of an account. */
  readonly unlock: (email: string) => void
  readonly reset: () => void
}

interface Attempt {
  /** Forgets this try and the bad ones before it. */
  readonly succeed: () => void
  /** Takes this try back: it was neither a success nor a wrong guess. */
  readonly forgive: () => void
}

interface Bucket {
  count: number
  until: number
}

const MANY_BUCKETS = 10_000

export function createRateLimits(clock: Clock, settings: Settings): RateLimits {
  const buckets = new Map<string, Bucket>()
  const { limits } = settings

  function bucketOf(key: string, { window }: Limit): Bucket {
    const now = clock.now()
    const known = buckets.get(key)
    if (known && known.until > now) return known
    if (buckets.size >= MANY_BUCKETS) for (const [old, { until }] of buckets) if (until <= now) buckets.delete(old)
    const bucket = { count: 0, until: now + window * 1000 }
    buckets.set(key, bucket)
    return bucket
  }

  const refuse = (code: ErrorCode, { until }: Bucket): never => {
    throw new ApiError(code, { retryAfter: Math.max(1, Math.ceil((until - clock.now()) / 1000)) })
  }

  function take(key: string, limit: Limit | false, code: ErrorCode): Attempt {
    if (!limit) return UNLIMITED
    const bucket = bucketOf(key, limit)
    bucket.count += 1
    if (bucket.count > limit.max) refuse(code, bucket)
    return attemptOf(key, bucket)
  }

  /** Past the limit come refusals, and past as many of those the lock, for one more window. */
  function guess(key: string): Attempt {
    const limit = limits.signIn
    if (!limit) return UNLIMITED
    const bucket = bucketOf(key, limit)
    bucket.count += 1
    const isLocking = bucket.count === limit.max * 2 + 1
    if (isLocking) bucket.until = clock.now() + limit.window * 1000
    if (bucket.count > limit.max * 2) refuse('auth/account-locked', bucket)
    if (bucket.count > limit.max) refuse('auth/too-many-login-attempts', bucket)
    return attemptOf(key, bucket)
  }

  const attemptOf = (key: string, bucket: Bucket): Attempt => ({
    succeed: () => void buckets.delete(key),
    forgive: () => {
      bucket.count -= 1
    },
  })

  return {
    signIn: (email) => guess(`sign-in ${email}`),
    secondFactor: (userId) => guess(`second-factor ${userId}`),
    password: (userId) => take(`password ${userId}`, limits.password, 'auth/too-many-requests'),
    refresh: (sessionId) => void take(`refresh ${sessionId}`, limits.refresh, 'auth/too-many-requests'),
    code: (kind, email) => void take(`code ${kind} ${email}`, limits.codes, 'auth/too-many-code-requests'),
    request: (address) => void take(`request ${address}`, limits.requests, 'auth/rate-limit'),
    unlock: (email) => void buckets.delete(`sign-in ${email}`),
    reset: () => buckets.clear(),
  }
}

const UNLIMITED: Attempt = { succeed: () => {}, forgive: () => {} }
