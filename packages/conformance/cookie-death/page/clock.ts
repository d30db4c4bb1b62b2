import type { Clock } from '@authchart/core'

/** The clock of the device, so many milliseconds later. */
export function clockAfter(offset: () => number): Clock {
  return {
    now: () => Date.now() + offset(),
    monotonic: () => performance.now() + offset(),
    setTimeout: (callback: () => void, milliseconds: number) => setTimeout(callback, milliseconds),
    clearTimeout: (timer: unknown) => clearTimeout(timer as number),
  }
}
