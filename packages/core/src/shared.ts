import { isSameGrant, type Session } from './session/session.ts'

/** What comes while `work` is under way for the same tokens shares its promise, however many come. */
export function shared<TSession extends Session | null, T>(
  work: (held: TSession) => Promise<T>,
): (held: TSession) => Promise<T> {
  let current: { readonly held: TSession; readonly done: Promise<T> } | null = null
  return (held) => {
    if (current && isSameGrant(current.held, held)) return current.done
    const own = {
      held,
      done: work(held).finally(() => {
        if (current === own) current = null
      }),
    }
    current = own
    return own.done
  }
}
