import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { browserNetwork } from '../../src/ports/network.ts'

/** Answers a question to the browser by hand until the test is over. */
function answer(target: object, property: string, value: unknown): void {
  Object.defineProperty(target, property, { configurable: true, value })
  onTestFinished(() => void Reflect.deleteProperty(target, property))
}

function watch() {
  const woken = vi.fn<() => void>()
  const stop = browserNetwork().onWake(woken)
  onTestFinished(stop)
  return { woken, stop }
}

describe('browserNetwork', () => {
  it('browserNetwork asks the browser whether it is online, each time', () => {
    const network = browserNetwork()
    answer(navigator, 'onLine', false)
    expect(network.isOnline()).toBe(false)
    answer(navigator, 'onLine', true)
    expect(network.isOnline()).toBe(true)
  })

  it('browserNetwork is online where the browser does not say', () => {
    answer(navigator, 'onLine', undefined)
    expect(browserNetwork().isOnline()).toBe(true)
  })

  it.each([
    ['online', () => window, new Event('online')],
    ['shown again', () => window, new PageTransitionEvent('pageshow', { persisted: true })],
    ['resumed', () => document, new Event('resume')],
    ['visible', () => document, new Event('visibilitychange', { bubbles: true })],
  ])('browserNetwork wakes up when the page is %s [77]', (_, target, event) => {
    const { woken } = watch()
    target().dispatchEvent(event)
    expect(woken).toHaveBeenCalledTimes(1)
  })

  it('browserNetwork sleeps on when the page becomes hidden, offline or focused', () => {
    const { woken } = watch()
    answer(document, 'visibilityState', 'hidden')
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
    dispatchEvent(new Event('offline'))
    dispatchEvent(new Event('focus'))
    dispatchEvent(new PageTransitionEvent('pagehide'))
    expect(woken).not.toHaveBeenCalled()
  })

  it('browserNetwork hears a wake-up even where the app keeps the event to itself', () => {
    const { woken } = watch()
    const keep = (event: Event) => event.stopImmediatePropagation()
    document.addEventListener('visibilitychange', keep)
    onTestFinished(() => document.removeEventListener('visibilitychange', keep))
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
    expect(woken).toHaveBeenCalledTimes(1)
  })

  it('browserNetwork hears nothing after it was stopped, and leaves the others alone', () => {
    const first = watch()
    const second = watch()
    first.stop()
    first.stop()
    dispatchEvent(new Event('online'))
    document.dispatchEvent(new Event('resume'))
    expect(first.woken).not.toHaveBeenCalled()
    expect(second.woken).toHaveBeenCalledTimes(2)
  })
})
