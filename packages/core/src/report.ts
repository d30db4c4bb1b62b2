/** An error in the app's own code is the app's to know about; nothing here depends on it. */
export function report(error: unknown): void {
  if (typeof reportError === 'function') reportError(error)
  else console.error(error)
}

/** An observer of the app that throws is told of once, and asked no more. */
export function guarded<T>(observe: (event: T) => void): (event: T) => void {
  let isBroken = false
  return (event) => {
    if (isBroken) return
    try {
      observe(event)
    } catch (error) {
      isBroken = true
      report(error)
    }
  }
}
