/**
 * Whether compare-and-set may replace or remove what is stored. Garbage (anything but a record of version 1 with a
 * revision) counts as nothing stored, so that it can be replaced; a record of a newer version is never touched.
 */
export function mayReplace(stored: unknown, expected: string | null): boolean {
  const { version, revision } = Object(stored) as { version?: unknown; revision?: unknown }
  if (typeof version === 'number' && version > 1) return false
  return (version === 1 && typeof revision === 'string' && revision !== '' ? revision : null) === expected
}
