import type { AuthClient } from './types.ts'

/** What `'tolerated'` promises at least. */
const SHORT = 30_000

/** Milliseconds for which the server takes a used refresh token again. */
export function toleranceOf(replay: AuthClient['replay']): number {
  if (replay === 'tolerated') return SHORT
  const { toleratedFor } = Object(replay) as { readonly toleratedFor?: unknown }
  return typeof toleratedFor === 'number' && toleratedFor > 0 ? toleratedFor * 1000 : 0
}

/** A token whose spend began at `since` is taken once more. Not if that is not known, or lies in the future. */
export function mayReplay(since: number | null, now: number, tolerance: number): boolean {
  return since !== null && now >= since && now - since < tolerance
}
