/** Auths that come and go: nothing of them stays on the heap, on the clock, on the network or on the wire. */
import { createAuth, type AuthClient, type Tabs } from '@authchart/core'
import { fakeBrowser, fakeClock, fakeNetwork } from '@authchart/core/testing'
import { expect, test } from 'vitest'
import { countHeld } from './heap.ts'

interface User {
  readonly id: string
}

const CYCLES = 10_000

test('ten thousand auths that are destroyed leave nothing behind [I3]', async () => {
  const clock = fakeClock()
  const network = fakeNetwork()
  const { storage, tabs } = fakeBrowser().openTab()
  const made: WeakRef<object>[] = []
  let wires = 0
  let opened = 0
  let count = 0
  const counted: Tabs = {
    lock: tabs.lock,
    open(name, listener) {
      const wire = tabs.open(name, listener)
      wires += 1
      opened += 1
      return {
        // no other tab is there, and the fake browser keeps whatever is posted
        post() {},
        close() {
          wires -= 1
          wire.close()
        },
      }
    },
  }
  const client: AuthClient<User, { readonly name: string }> = {
    origin: 'https://api.test',
    async signIn({ name }) {
      count += 1
      return { accessToken: `a${count}`, refreshToken: `r${count}`, expiresIn: 3600, user: { id: name } }
    },
    async refresh() {
      throw new Error('Nothing is due')
    },
  }

  async function cycle(index: number): Promise<void> {
    const auth = createAuth({
      client,
      storage,
      tabs: counted,
      network,
      clock,
      fetch: async () => new Response('answer'),
    })
    const seen: string[] = []
    auth.subscribe(({ status }) => void seen.push(status))
    await auth.signIn({ name: index % 2 ? 'ann' : 'bob' })
    const response = await auth.fetch('https://api.test/things')
    expect(await response.text()).toBe('answer')
    expect(seen.at(-1)).toBe('authenticated')
    made.push(new WeakRef(auth), new WeakRef(auth.actor), new WeakRef(auth.getState()), new WeakRef(response))
    auth.destroy()
  }

  const began = performance.now()
  for (let index = 1; index <= CYCLES; index += 1) await cycle(index)
  const held = await countHeld(made)
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  console.log(`leaks: ${held} of ${made.length} things held after ${CYCLES} cycles, ${seconds} s`)
  expect(clock.pending).toBe(0)
  expect(network.listeners).toBe(0)
  expect(opened).toBe(CYCLES)
  expect(wires).toBe(0)
  expect(made).toHaveLength(CYCLES * 4)
  expect(held).toBe(0)
})
