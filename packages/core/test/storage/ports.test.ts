import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { browserStorage } from '../../src/exports/storage.ts'
import { browserNetwork } from '../../src/ports/network.ts'
import { browserTabs } from '../../src/ports/tabs.ts'

/** A promise and how to settle it. */
function gate() {
  let open = () => {}
  const passed = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open, passed }
}

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('the lock of browserTabs without Web Locks [10]', () => {
  const denied = () => new DOMException('denied', 'SecurityError')
  const navigators = {
    'there is no navigator': undefined,
    'the navigator has none': {},
    'the request throws': {
      locks: {
        request() {
          throw denied()
        },
      },
    },
    'the request rejects': { locks: { request: async () => Promise.reject(denied()) } },
    'the very property throws': {
      get locks() {
        throw denied()
      },
    },
  }

  describe.each(Object.entries(navigators))('when %s', (_, navigator) => {
    beforeEach(() => {
      vi.stubGlobal('navigator', navigator)
    })

    it('the lock of browserTabs runs the work once and hands back what it gives', async () => {
      const work = vi.fn<() => Promise<string>>(async () => 'done')
      expect(await browserTabs().lock('a', work)).toBe('done')
      expect(work).toHaveBeenCalledTimes(1)
    })

    it('the lock of browserTabs runs one at a time, in order, under one name', async () => {
      const tabs = browserTabs()
      const log: string[] = []
      const { open, passed } = gate()
      const first = tabs.lock('a', async () => {
        log.push('first begins')
        await passed
        log.push('first ends')
      })
      const second = tabs.lock('a', async () => {
        log.push('second')
      })
      await tabs.lock('b', async () => {
        log.push('another name')
      })
      open()
      await Promise.all([first, second])
      expect(log).toEqual(['first begins', 'another name', 'first ends', 'second'])
    })

    it('the lock of browserTabs hands on the very error of the work, and goes on with the next [14]', async () => {
      const tabs = browserTabs()
      const error = new Error('of the work')
      const failed = tabs.lock('a', () => Promise.reject(error))
      const next = tabs.lock('a', async () => 'next')
      await expect(failed).rejects.toBe(error)
      expect(await next).toBe('next')
    })
  })

  it('the lock of browserTabs shares no queue with another instance', async () => {
    vi.stubGlobal('navigator', undefined)
    const { open, passed } = gate()
    const held = browserTabs().lock('a', () => passed)
    expect(await browserTabs().lock('a', async () => 'free')).toBe('free')
    open()
    await held
  })
})

describe('the lock of browserTabs when Web Locks fail in the middle', () => {
  it.each(['rejects', 'throws'])(
    'the lock of browserTabs does not run the work again when the work itself %s',
    async (how) => {
      const request = (_: string, callback: () => Promise<unknown>) => callback()
      vi.stubGlobal('navigator', { locks: { request } })
      const error = new Error('of the work')
      const work = vi.fn<() => Promise<never>>(() => {
        if (how === 'throws') throw error
        return Promise.reject(error)
      })
      await expect(browserTabs().lock('a', work)).rejects.toBe(error)
      expect(work).toHaveBeenCalledTimes(1)
    },
  )
})

describe('the wire of browserTabs without BroadcastChannel [11]', () => {
  const channels = {
    'there is none': undefined,
    'it cannot be constructed': function BroadcastChannel() {
      throw new DOMException('denied', 'SecurityError')
    },
  }
  it.each(Object.entries(channels))('the wire of browserTabs does nothing, and says nothing, when %s', (_, channel) => {
    vi.stubGlobal('BroadcastChannel', channel)
    const listener = vi.fn<() => void>()
    const wire = browserTabs().open('a', listener)
    wire.post({ generation: 1 })
    wire.close()
    wire.close()
    expect(listener).not.toHaveBeenCalled()
  })
})

it.each([
  ['Web Locks', { locks: {} }, true, 'web'],
  ['no Web Locks', {}, true, 'lease'],
  ['neither them nor IndexedDB', {}, false, 'page'],
  ['no navigator and no IndexedDB', undefined, false, 'page'],
])('browserTabs says what its lock is made of: %s [10]', (_, navigator, hasIndexedDB, locks) => {
  vi.stubGlobal('navigator', navigator)
  if (hasIndexedDB) vi.stubGlobal('indexedDB', {})
  expect(browserTabs().capabilities?.()).toEqual({ locks, broadcast: true })
})

describe('without a browser', () => {
  it('browserNetwork is always online and never woken without a browser', () => {
    const network = browserNetwork()
    expect(network.isOnline()).toBe(true)
    vi.stubGlobal('navigator', undefined)
    expect(network.isOnline()).toBe(true)
    const stop = network.onWake(vi.fn<() => void>())
    stop()
    stop()
  })

  it('a browserStorage without a browser rejects, and throws nowhere', async () => {
    const storage = browserStorage()
    expect(storage.scope).toBe('shared')
    await expect(storage.read('a')).rejects.toThrow(ReferenceError)
    await expect(storage.compareAndSet('a', null, null)).rejects.toThrow(ReferenceError)
  })
})
