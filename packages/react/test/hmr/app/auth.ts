import { createAuth, type Grant } from '@authchart/core'

interface User {
  readonly id: string
  readonly name: string
}

/** What the test sees and does in the page. */
export const world = {
  calls: [] as string[],
  listeners: 0,
  answer: (_: Grant<User>): void => {},
}

const ask = (call: string): Promise<Grant<User>> => {
  world.calls.push(call)
  return new Promise((resolve) => (world.answer = resolve))
}

const { subscribe, ...auth } = createAuth({
  client: { signIn: () => ask('signIn'), refresh: () => ask('refresh') },
})

export const counted: typeof auth & { subscribe: typeof subscribe } = {
  ...auth,
  subscribe(listener) {
    world.listeners += 1
    const stop = subscribe(listener)
    return () => {
      world.listeners -= 1
      stop()
    }
  },
}

Object.assign(globalThis, { world })
