import { Problem } from '../problem.ts'

export type SetupErrorCode =
  | 'no-package'
  | 'unknown-framework'
  | 'not-supported'
  | 'missing-flag'
  | 'invalid-flag'
  | 'not-written'
  | 'not-installed'
  | 'cancelled'

/** Why nothing was set up. The message says what to do next. */
export class SetupError extends Problem {
  readonly code: SetupErrorCode

  constructor(code: SetupErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
