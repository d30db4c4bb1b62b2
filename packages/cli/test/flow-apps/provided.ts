import { authMachine } from '@authchart/core'

console.log('the app says hello')
setInterval(() => {}, 1000)

export const machine = authMachine.provide({
  guards: { isAnswerRetryable: ({ context }) => context.challenge !== null },
  actions: { forgetEnded: () => {} },
})
