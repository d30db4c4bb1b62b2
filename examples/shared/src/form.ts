import { AuthError } from '@authchart/core'
import type { DemoAuth } from './auth.ts'

export type Mode = 'signIn' | 'signUp'

/**
 * Hands on what the fields hold. Secrets go from the form to the auth and are kept nowhere else. What went wrong shows
 * in the state.
 */
export async function submitCredentials(auth: DemoAuth, mode: Mode, form: HTMLFormElement): Promise<void> {
  const name = textOf(form, 'name').trim()
  const details = { email: textOf(form, 'email').trim(), password: textOf(form, 'password'), ...(name && { name }) }
  await (mode === 'signIn' ? auth.signIn(details) : auth.signUp(details)).catch(leaveToState)
}

export async function submitCode(auth: DemoAuth, form: HTMLFormElement): Promise<void> {
  const code = textOf(form, 'code').replaceAll(' ', '')
  await auth.answerChallenge({ code }).catch(leaveToState)
}

/** Signs in with the token of a magic link. */
export async function redeemLink(auth: DemoAuth, token: string): Promise<void> {
  await auth.signIn({ token }).catch(leaveToState)
}

function textOf(form: HTMLFormElement, field: string): string {
  const value = new FormData(form).get(field)
  return typeof value === 'string' ? value : ''
}

function leaveToState(error: unknown): void {
  if (!(error instanceof AuthError)) throw error
}
