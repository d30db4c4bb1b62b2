import { fieldOf } from '../data.ts'
import { AuthError } from '../errors.ts'

/** The text fields of what the caller gave, which may be anything. Null is not given, as undefined is. */
export type Texts<TRequired extends string, TOptional extends string> = Readonly<
  Record<TRequired, string> & Partial<Record<TOptional, string>>
>

/** @throws AuthError `'invalid-request'` if a required field is missing or empty, or any of them is no text */
export function readTexts<TRequired extends string, TOptional extends string = never>(
  given: unknown,
  required: readonly TRequired[],
  optional: readonly TOptional[] = [],
): Texts<TRequired, TOptional> {
  const texts: Record<string, string> = {}
  for (const name of [...required, ...optional]) {
    const value = fieldOf(given, name) ?? undefined
    if (value === undefined) continue
    if (typeof value !== 'string') throw new AuthError('invalid-request')
    texts[name] = value
  }
  if (required.some((name) => !texts[name])) throw new AuthError('invalid-request')
  // every required one is there now
  return texts as Texts<TRequired, TOptional>
}
