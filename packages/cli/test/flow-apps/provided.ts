import { authMachine } from '@authchart/core'

export const machine = authMachine.provide({
  guards: { isAnswerRetryable: ({ context }) => context.challenge !== null },
  actions: { forgetEnded: () => {} },
})
