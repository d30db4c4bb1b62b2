const LIMIT = 30_000

/** A bound for what never takes that long: reaching it is a failure, not a way to go on. */
export async function inTime<T>(what: string, work: Promise<T>, limit = LIMIT): Promise<T> {
  const { promise: tooLate, reject } = defer<never>()
  const timer = setTimeout(() => reject(new Error(`${what}: not within ${limit / 1000} s`)), limit)
  try {
    return await Promise.race([work, tooLate])
  } finally {
    clearTimeout(timer)
  }
}

export interface Deferred<T> {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
  readonly reject: (reason: Error) => void
}

export function defer<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => {}
  let reject: (reason: Error) => void = () => {}
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue
    reject = onError
  })
  return { promise, resolve, reject }
}
