import type { AuthError } from './errors.ts'

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

/** Warnings go to the app, or once each to the console; none after destroy(). */
export function createWarn(
  onWarning: ((warning: AuthError) => void) | undefined,
  isDestroyed: () => boolean,
): (warning: AuthError) => void {
  const warned = new Set<string>()
  return (warning) => {
    if (isDestroyed()) return
    try {
      if (onWarning) return onWarning(warning)
    } catch {
      return // the app's to mend; nothing here depends on it
    }
    if (!warned.has(warning.code)) console.warn(`[authchart] ${warning.code}: ${warning.message}`)
    warned.add(warning.code)
  }
}

export interface Emitter<T> {
  readonly emit: (event: T) => void
  readonly on: (listener: (event: T) => void) => () => void
}

export function createEmitter<T>(): Emitter<T> {
  const listeners = new Set<(event: T) => void>()
  return {
    emit(event) {
      for (const listener of listeners) listener(event)
    },
    on(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
