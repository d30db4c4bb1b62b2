import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { browserTabs } from '../../src/ports/tabs.ts'
import type { TabHint } from '../../src/types.ts'
import { gate, openTab } from './tab.ts'

let count = 0
/** A lock or wire that no other test uses. */
const freshName = () => `tabs-test-${(count += 1)}`

describe('the lock of browserTabs', () => {
  it('the lock of browserTabs keeps a second tab out until the first is done', async () => {
    const name = freshName()
    const log: string[] = []
    const { open, passed } = gate()
    const entered = gate()
    const first = browserTabs().lock(name, async () => {
      entered.open()
      await passed
      log.push('first')
    })
    await entered.passed
    const tab = await openTab()
    const second = tab.browserTabs().lock(name, async () => {
      log.push('second')
    })
    expect((await tab.navigator.locks.query()).pending?.map((lock) => lock.name)).toEqual([name])
    open()
    await Promise.all([first, second])
    expect(log).toEqual(['first', 'second'])
  })

  it('the lock of browserTabs goes over to the next tab when the one that holds it is closed [5, 7]', async () => {
    const name = freshName()
    const tab = await openTab()
    const entered = gate()
    void tab.browserTabs().lock(name, () => {
      entered.open()
      return new Promise<never>(() => {})
    })
    await entered.passed
    const mine = browserTabs().lock(name, async () => 'mine')
    tab.close()
    expect(await mine).toBe('mine')
  })

  it('the lock of browserTabs hands back what the work gives, and the very error it fails with, and is free afterwards [14]', async () => {
    const name = freshName()
    const tabs = browserTabs()
    const error = new Error('of the work')
    expect(await tabs.lock(name, async () => 'done')).toBe('done')
    await expect(tabs.lock(name, () => Promise.reject(error))).rejects.toBe(error)
    const throwing = vi.fn<() => Promise<never>>(() => {
      throw error
    })
    await expect(tabs.lock(name, throwing)).rejects.toBe(error)
    expect(throwing).toHaveBeenCalledTimes(1)
    expect(await tabs.lock(name, async () => 'free')).toBe('free')
  })

  it('the lock of browserTabs says how the work went even when another script stole its lock [9]', async () => {
    const name = freshName()
    const { open, passed } = gate<string>()
    const entered = gate()
    const work = vi.fn<() => Promise<string>>(() => {
      entered.open()
      return passed
    })
    const robbed = browserTabs().lock(name, work)
    await entered.passed
    await navigator.locks.request(name, { steal: true }, () => {})
    open('done')
    expect(await robbed).toBe('done')
    expect(work).toHaveBeenCalledTimes(1)
  })
})

describe('the wire of browserTabs', () => {
  /** Collects what arrives, and waits for the hint of a generation. */
  function collect() {
    const hints: TabHint[] = []
    let last = { generation: -1, open: () => {} }
    return {
      hints,
      listener: (hint: TabHint) => {
        hints.push(hint)
        if (hint.generation === last.generation) last.open()
      },
      until: (generation: number) => {
        const { open, passed } = gate()
        last = { generation, open }
        return passed
      },
    }
  }

  function rawChannel(name: string) {
    const channel = new BroadcastChannel(name)
    onTestFinished(() => channel.close())
    return channel
  }

  it('the wire of browserTabs carries hints to the other tabs, in order, and not to the one that posts', async () => {
    const name = freshName()
    const here = collect()
    const there = collect()
    const wire = browserTabs().open(name, here.listener)
    const other = (await openTab()).browserTabs().open(name, there.listener)
    onTestFinished(() => wire.close())
    const arrived = there.until(2)
    wire.post({ generation: 1 })
    wire.post({ generation: 2 })
    await arrived
    const back = here.until(3)
    other.post({ generation: 3 })
    await back
    expect(there.hints).toEqual([{ generation: 1 }, { generation: 2 }])
    expect(here.hints).toEqual([{ generation: 3 }])
  })

  it('the wire of browserTabs sends a generation and nothing else', async () => {
    const name = freshName()
    const data = new Promise<unknown>((resolve) => {
      rawChannel(name).onmessage = (event) => resolve(event.data)
    })
    const wire = browserTabs().open(name, vi.fn<() => void>())
    onTestFinished(() => wire.close())
    const withMore = { generation: 1, token: 'secret' }
    wire.post(withMore)
    expect(await data).toEqual({ generation: 1 })
  })

  it('the wire of browserTabs takes a generation and nothing else [98]', async () => {
    const name = freshName()
    const { hints, listener, until } = collect()
    const wire = browserTabs().open(name, listener)
    onTestFinished(() => wire.close())
    const channel = rawChannel(name)
    const arrived = until(8)
    const bad: unknown[] = [
      null,
      undefined,
      7,
      '{"generation":1}',
      {},
      { generation: -1 },
      { generation: 1.5 },
      { generation: '1' },
      { generation: null },
      { generation: Number.NaN },
      { generation: Infinity },
      { generation: 2 ** 53 },
      { generation: 1n },
      { generation: { valueOf: 1 } },
      { constructor: 'Object', generation: 1 },
      [1],
      Object.assign([], { generation: 1 }),
      new Map([['generation', 1]]),
      new Date(0),
      Object.create({ generation: 1 }),
    ]
    for (const data of bad) channel.postMessage(data)
    channel.postMessage({ generation: 0 })
    channel.postMessage({ generation: 8, token: 'secret' })
    await arrived
    expect(hints).toEqual([{ generation: 0 }, { generation: 8 }])
  })

  it('the wire of browserTabs takes no generation from a polluted prototype', async () => {
    const name = freshName()
    const { hints, listener, until } = collect()
    const wire = browserTabs().open(name, listener)
    onTestFinished(() => wire.close())
    const prototype = Object.prototype as { generation?: number }
    prototype.generation = 5
    onTestFinished(() => void delete prototype.generation)
    const arrived = until(8)
    const channel = rawChannel(name)
    channel.postMessage({})
    channel.postMessage({ generation: 8 })
    await arrived
    expect(hints).toEqual([{ generation: 8 }])
  })

  it('the wire of browserTabs is closed while the page is hidden in the back-forward cache, and open again when it is shown', async () => {
    const name = freshName()
    const { hints, listener, until } = collect()
    const control = collect()
    const wire = browserTabs().open(name, listener)
    onTestFinished(() => wire.close())
    const channel = rawChannel(name)
    rawChannel(name).onmessage = ({ data }) => control.listener(data as TabHint)

    dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))
    wire.post({ generation: 1 })
    const heard = control.until(2)
    channel.postMessage({ generation: 2 })
    await heard
    expect(control.hints).toEqual([{ generation: 2 }])

    dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
    const arrived = until(3)
    channel.postMessage({ generation: 3 })
    await arrived
    expect(hints).toEqual([{ generation: 3 }])
  })

  it('the wire of browserTabs hears nothing after close(), and says nothing', async () => {
    const name = freshName()
    const { hints, listener } = collect()
    const control = collect()
    const wire = browserTabs().open(name, listener)
    rawChannel(name).onmessage = ({ data }) => control.listener(data as TabHint)
    wire.close()
    wire.post({ generation: 1 })
    const channel = rawChannel(name)
    const heard = control.until(3)
    channel.postMessage({ generation: 2 })
    channel.postMessage({ generation: 3 })
    await heard
    expect(control.hints).toEqual([{ generation: 2 }, { generation: 3 }])
    expect(hints).toEqual([])
  })

  it('the wire of browserTabs opens one channel however often the page is shown, and none after close()', async () => {
    const Channel = BroadcastChannel
    const opened = vi.fn<() => void>()
    vi.stubGlobal('BroadcastChannel', function (name: string) {
      opened()
      return new Channel(name)
    })
    onTestFinished(() => void vi.unstubAllGlobals())
    const show = () => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
    const wire = browserTabs().open(freshName(), vi.fn<() => void>())
    show()
    expect(opened).toHaveBeenCalledTimes(1)
    wire.close()
    wire.close()
    show()
    expect(opened).toHaveBeenCalledTimes(1)
    wire.post({ generation: 1 })
  })

  it('the wire of browserTabs throws nothing when its tab is gone', async () => {
    const tab = await openTab()
    const wire = tab.browserTabs().open(freshName(), vi.fn<() => void>())
    tab.close()
    wire.post({ generation: 1 })
    wire.close()
    wire.post({ generation: 2 })
    expect(document.querySelector('iframe')).toBe(null)
  })
})
