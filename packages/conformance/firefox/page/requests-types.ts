/** `platform with a token`: fetch itself, with an Authorization header of the caller's. */
export type Sender = 'auth' | 'platform' | 'platform with a token'

export type BodyKind = 'text' | 'blob' | 'form' | 'large blob' | 'large text'

export type Answer = { readonly status: number; readonly url: string } | { readonly error: string }

export interface Requests {
  readonly signIn: () => Promise<void>
  readonly get: (address: string, sender: Sender) => Promise<Answer>
  /** In a Request. */
  readonly post: (address: string, sender: Sender, kind: BodyKind) => Promise<Answer>
}
