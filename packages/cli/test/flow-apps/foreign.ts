import { and, createMachine, not, setup } from 'xstate'

/** Names that Mermaid would take for its own, nested regions, a history, and events of XState itself. */
export const player = setup({
  guards: { hasTrack: () => true, isMuted: () => false },
  actions: { log: () => {} },
}).createMachine({
  id: 'player',
  initial: 'end',
  on: { reset: { target: '.end' }, volume: { actions: 'log' } },
  states: {
    end: { on: { play: { guard: and(['hasTrack', not('isMuted')]), target: 'playing' } } },
    playing: {
      type: 'parallel',
      states: {
        sound: { initial: 'idle', states: { idle: { after: { 500: 'loud' } }, loud: {} } },
        picture: {
          initial: 'idle',
          states: { idle: { always: { guard: () => true, target: 'a "quoted" <state>' } }, 'a "quoted" <state>': {} },
        },
      },
      on: { pause: 'paused', stop: 'over' },
      onDone: 'over',
    },
    paused: {
      initial: 'waiting',
      states: { waiting: { on: { '*': 'asleep' } }, asleep: {}, last: { type: 'history' } },
      on: { play: 'playing', resume: '.last', stop: '#player' },
    },
    lonely: {},
    over: { type: 'final' },
  },
})

// oxlint-disable-next-line import/no-default-export
export default createMachine({ id: 'light', initial: 'off', states: { off: { on: { toggle: 'on' } }, on: {} } })

export const notAChart = { states: {} }
