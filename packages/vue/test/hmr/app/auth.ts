import { createAuth, type Grant } from '@authchart/core'

export interface Person {
  readonly id: string
  readonly name: string
}

/** What the test sees and does in the page. */
const world = {
  calls: [] as string[],
  listeners: 0,
  answer: (_: Grant<Person>): void => {},
}

function ask(call: string): Promise<Grant<Person>> {
  world.calls.push(call)
  return new Promise((resolve) => (world.answer = resolve))
}

const inner = createAuth({
  client: { signIn: () => ask('signIn'), refresh: () => ask('refresh') },
})

export const auth: typeof inner = {
  ...inner,
  subscribe(listener) {
    const stop = inner.subscribe(listener)
    world.listeners += 1
    return () => {
      world.listeners -= 1
      stop()
    }
  },
}

Object.assign(globalThis, { world })
