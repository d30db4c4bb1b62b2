import { afterEach, describe, expect, it, vi } from 'vitest'
import { countdown, schedule, systemClock } from '../../src/ports/clock.ts'
import type { Clock } from '../../src/types.ts'

const LONGEST = 2_147_483_647
const DAY = 86_400_000

/** A clock that stands still until told, and one timer that fires when told. */
function handClock() {
  const asked: number[] = []
  let now = 1_000_000
  let pending: { callback: () => void; at: number } | undefined
  const clock: Clock = {
    now: () => now,
    monotonic: () => now,
    setTimeout(callback, milliseconds) {
      asked.push(milliseconds)
      pending = { callback, at: now + milliseconds }
      return pending
    },
    clearTimeout(handle) {
      if (handle === pending) pending = undefined
    },
  }
  const fire = () => {
    const { callback } = pending!
    pending = undefined
    callback()
  }
  return {
    clock,
    asked,
    fire,
    isArmed: () => pending !== undefined,
    set: (time: number) => {
      now = time
    },
    /** Goes forward to when the timer is due, and fires it. */
    wake: () => {
      now = pending!.at
      fire()
    },
  }
}

describe('schedule', () => {
  it('schedule calls back once when the time has come, and not before', () => {
    const { clock, asked, wake, isArmed } = handClock()
    const due = vi.fn<() => void>()
    schedule(clock, () => 1_000_500 - clock.now(), due)
    expect(asked).toEqual([500])
    expect(due).not.toHaveBeenCalled()
    wake()
    expect(due).toHaveBeenCalledTimes(1)
    expect(isArmed()).toBe(false)
  })

  it('schedule waits 40 days in steps that timers can keep [79]', () => {
    const { clock, asked, wake } = handClock()
    const due = vi.fn<() => void>()
    const end = clock.now() + 40 * DAY
    schedule(clock, () => end - clock.now(), due)
    wake()
    expect(due).not.toHaveBeenCalled()
    wake()
    expect(due).toHaveBeenCalledTimes(1)
    expect(clock.now()).toBe(end)
    expect(asked).toEqual([LONGEST, 40 * DAY - LONGEST])
  })

  it('schedule waits on when the timer fires early [84]', () => {
    const { clock, asked, fire, set, wake } = handClock()
    const due = vi.fn<() => void>()
    schedule(clock, () => 1_000_500 - clock.now(), due)
    set(1_000_497)
    fire()
    expect(due).not.toHaveBeenCalled()
    expect(asked).toEqual([500, 3])
    wake()
    expect(due).toHaveBeenCalledTimes(1)
  })

  it('schedule asks for whole milliseconds, so that it does not fire early each time', () => {
    const { clock, asked } = handClock()
    schedule(clock, () => 0.2, vi.fn<() => void>())
    expect(asked).toEqual([1])
  })

  it('schedule waits longer when the clock is put back, and is late by no more than its timer when it is put forward [76]', () => {
    const { clock, asked, fire, set } = handClock()
    const due = vi.fn<() => void>()
    schedule(clock, () => 1_000_500 - clock.now(), due)
    set(1_000_500 - DAY)
    fire()
    expect(due).not.toHaveBeenCalled()
    set(1_000_500 + DAY)
    fire()
    expect(due).toHaveBeenCalledTimes(1)
    expect(asked).toEqual([500, DAY])
  })

  it.each([0, -5, -Infinity])('schedule is due at once, but not in the same turn, with %d left [79]', (left) => {
    const { clock, asked, wake } = handClock()
    const due = vi.fn<() => void>()
    schedule(clock, () => left, due)
    expect(due).not.toHaveBeenCalled()
    expect(asked).toEqual([0])
    wake()
    expect(due).toHaveBeenCalledTimes(1)
  })

  it('schedule never comes with Infinity left, and can be stopped all the same [79]', () => {
    const { clock, isArmed } = handClock()
    const stop = schedule(clock, () => Infinity, vi.fn<() => void>())
    expect(isArmed()).toBe(false)
    stop()
  })

  it('schedule throws when asked to wait for NaN, now or later, and never calls back [79]', () => {
    const { clock, fire, isArmed } = handClock()
    const due = vi.fn<() => void>()
    expect(() => schedule(clock, () => Number.NaN, due)).toThrow(RangeError)
    expect(isArmed()).toBe(false)
    let left = 10
    schedule(clock, () => left, due)
    left = Number.NaN
    expect(fire).toThrow(RangeError)
    expect(isArmed()).toBe(false)
    expect(due).not.toHaveBeenCalled()
  })

  it('schedule stops for good, even when the clock fires a timer that was cleared', () => {
    const callbacks: (() => void)[] = []
    const clock: Clock = { ...systemClock, setTimeout: (callback) => callbacks.push(callback), clearTimeout() {} }
    const due = vi.fn<() => void>()
    schedule(clock, () => 0, due)()
    callbacks[0]?.()
    expect(callbacks).toHaveLength(1)
    expect(due).not.toHaveBeenCalled()
  })

  it('schedule clears its latest timer when stopped after a step, and may be stopped again', () => {
    const { clock, wake, isArmed } = handClock()
    const due = vi.fn<() => void>()
    const end = clock.now() + 40 * DAY
    const stop = schedule(clock, () => end - clock.now(), due)
    wake()
    expect(isArmed()).toBe(true)
    stop()
    stop()
    expect(isArmed()).toBe(false)
    expect(due).not.toHaveBeenCalled()
  })
})

describe('countdown', () => {
  it('countdown counts the time in parts, as long together as they should be', () => {
    for (const [milliseconds, parts] of [
      [2000, [500, 500, 500, 500]],
      [10, [3, 3, 2, 2]],
      [1, [1, 0, 0, 0]],
      [0, [0, 0, 0, 0]],
      [-5, [0, 0, 0, 0]],
    ] as const) {
      const { clock, asked, wake, isArmed } = handClock()
      const due = vi.fn<() => void>()
      countdown(clock, milliseconds, due)
      while (isArmed()) {
        expect(due).not.toHaveBeenCalled()
        wake()
      }
      expect([milliseconds, asked]).toEqual([milliseconds, parts])
      expect(due).toHaveBeenCalledTimes(1)
    }
  })

  it('countdown takes a timer that fires late, by whatever time, for one part [D7a]', () => {
    for (const late of [1, 2500, DAY]) {
      const { clock, asked, fire, set, wake } = handClock()
      const due = vi.fn<() => void>()
      countdown(clock, 2000, due)
      set(clock.now() + 500 + late)
      fire()
      expect(due).not.toHaveBeenCalled()
      wake()
      set(clock.now() + 500 + late)
      fire()
      expect(due).not.toHaveBeenCalled()
      wake()
      expect(due).toHaveBeenCalledTimes(1)
      expect(asked).toEqual([500, 500, 500, 500])
    }
  })

  it('countdown ignores a clock that jumps, forward or back [D7a]', () => {
    const { clock, fire, set } = handClock()
    const due = vi.fn<() => void>()
    countdown(clock, 2000, due)
    for (const jump of [DAY, -3 * DAY, DAY]) {
      set(clock.now() + jump)
      fire()
      expect(due).not.toHaveBeenCalled()
    }
    fire()
    expect(due).toHaveBeenCalledTimes(1)
  })

  it('countdown never comes with Infinity, and keeps each part within what a timer keeps', () => {
    const { clock, asked, isArmed } = handClock()
    countdown(clock, Infinity, () => {})()
    expect([asked, isArmed()]).toEqual([[], false])
    countdown(clock, 400 * DAY, () => {})
    expect(asked).toEqual([LONGEST])
  })

  it('countdown stops for good in each of its parts', () => {
    for (let parts = 0; parts < 4; parts += 1) {
      const { clock, wake, isArmed } = handClock()
      const due = vi.fn<() => void>()
      const stop = countdown(clock, 2000, due)
      for (let part = 0; part < parts; part += 1) wake()
      expect(isArmed()).toBe(true)
      stop()
      stop()
      expect(isArmed()).toBe(false)
      expect(due).not.toHaveBeenCalled()
    }
  })
})

describe('systemClock', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  it('systemClock reads the globals when called, not when loaded', () => {
    vi.useFakeTimers({ now: 1_234, toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout'] })
    const kept = vi.fn<() => void>()
    const cleared = vi.fn<() => void>()
    const start = systemClock.monotonic()
    systemClock.setTimeout(kept, 100)
    systemClock.clearTimeout(systemClock.setTimeout(cleared, 100))
    vi.advanceTimersByTime(100)
    expect(systemClock.now()).toBe(1_334)
    expect(systemClock.monotonic() - start).toBe(100)
    expect(kept).toHaveBeenCalledTimes(1)
    expect(cleared).not.toHaveBeenCalled()
  })
})
