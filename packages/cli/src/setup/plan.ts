import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What a recipe wants of one file. */
export interface Item {
  readonly path: string
  /** @param before the file as it is, null if there is none */
  readonly want: (before: string | null) => Wanted
}

/** `present`: nothing is left to do. `advice`: the file is the user's, who does it. */
export type Wanted =
  | { readonly is: 'new'; readonly text: string }
  | { readonly is: 'change'; readonly text: string }
  | { readonly is: 'present' }
  | { readonly is: 'other'; readonly text: string }
  | { readonly is: 'advice'; readonly lines: readonly string[] }

/** What happens to one file. */
export interface Step {
  readonly path: string
  /** As it is; null if there is no such file. */
  readonly before: string | null
  readonly wanted: Wanted
}

/** Reads every file that is concerned, and writes none. */
export function makePlan(folder: string, items: readonly Item[]): readonly Step[] {
  return items.map(({ path, want }) => {
    const before = read(join(folder, path))
    return { path, before, wanted: want(before) }
  })
}

export const read = (path: string): string | null => (existsSync(path) ? readFileSync(path, 'utf8') : null)

/** A file that setup writes. One of that name with other content is the user's. */
export const file = (path: string, text: string): Item => ({
  path,
  want(before) {
    if (before === null) return { is: 'new', text }
    return before === text ? { is: 'present' } : { is: 'other', text }
  },
})

export interface Edit {
  /** In the file when the edit is done. */
  readonly mark: string
  /** The changed text; null for a text that it does not know. */
  readonly change: (text: string) => string | null
  /** For a file that it does not know. */
  readonly lines: readonly string[]
}

/** A change of a file that the framework's starter wrote. */
export const edit = (path: string, { mark, change, lines }: Edit): Item => ({
  path,
  want(before) {
    if (before?.includes(mark)) return { is: 'present' }
    const text = before === null ? null : change(before)
    return text === null ? { is: 'advice', lines } : { is: 'change', text }
  },
})

/** A text without what formatters change: spaces, semicolons, quotes, commas at an end. */
const plain = (text: string): string =>
  text
    .replaceAll(/[;\s]/g, '')
    .replaceAll('"', "'")
    .replaceAll(/,(?=[)\]}])/g, '')

export const isSameCode = (one: string, other: string): boolean => plain(one) === plain(other)
