import { createMachine } from 'xstate'

console.log('the app says hello')
setInterval(() => {}, 1000)

export const door = createMachine({ id: 'door', initial: 'shut', states: { shut: { on: { push: 'open' } }, open: {} } })
