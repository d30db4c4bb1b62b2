import type { SyncTwin } from '../types.ts'

/** A word beside the records of this name, in an area that is written at once. */
export function twinIn(open: () => Storage, name: string): SyncTwin {
  const path = (key: string): string => `${name}:${key}:twin`
  return {
    read: (key) => JSON.parse(open().getItem(path(key)) ?? 'null') as unknown,
    write: (key, value) => open().setItem(path(key), JSON.stringify(value)),
  }
}
