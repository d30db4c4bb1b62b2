import { assign, fromPromise, setup } from 'xstate'

export const reportMachine = setup({
  types: {
    context: {} as { readonly tries: number; readonly url: string | null },
    events: {} as { readonly type: 'start' } | { readonly type: 'cancel' } | { readonly type: 'close' },
  },
  actors: {
    build: fromPromise<string>(async ({ signal }) => {
      const response = await fetch('/api/reports', { method: 'POST', signal })
      if (!response.ok) throw new Error('The report was not built.')
      return response.text()
    }),
  },
  guards: { isLastTry: ({ context }) => context.tries === 2 },
  delays: { pause: 10_000 },
}).createMachine({
  id: 'report',
  context: { tries: 0, url: null },
  initial: 'idle',
  states: {
    idle: { entry: assign({ tries: 0, url: null }), on: { start: { target: 'building' } } },
    building: {
      entry: assign({ tries: ({ context }) => context.tries + 1 }),
      invoke: {
        id: 'build',
        src: 'build',
        onDone: { target: 'ready', actions: assign({ url: ({ event }) => event.output }) },
        onError: [{ guard: 'isLastTry', target: 'failed' }, { target: 'waiting' }],
      },
      on: { cancel: { target: 'idle' } },
    },
    waiting: { after: { pause: { target: 'building' } }, on: { cancel: { target: 'idle' } } },
    ready: { on: { close: { target: 'idle' } } },
    failed: { on: { close: { target: 'idle' } } },
  },
})
