/** `auth.signOut(); location.href = '/login'`: the page is gone before its storage and its request have answered. */
import type { Browser } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { launch } from '../firefox/browsers.ts'
import { signOutInAllWays, WAYS, type Outcome, type Place } from './sign-out.ts'
import { setStage, type Stage } from './stage.ts'

/** Rounds through all ways to leave. */
const ROUNDS = inject('isLong')
  ? { crossOrigin: 34, sameOrigin: 34, control: 10 }
  : { crossOrigin: 7, sameOrigin: 2, control: 2 }
/** Of a hundred sign-outs, those that a server may miss: a page that is killed takes its request with it. */
const MISSED = 0.02

describe.each(inject('browsers'))('in $version', (found) => {
  let browser: Browser
  let stage: Stage

  beforeAll(async () => {
    ;[browser, stage] = await Promise.all([launch(found), setStage()])
  })
  afterAll(async () => {
    await browser?.close()
    await stage?.close()
  })

  async function measure(place: Omit<Place, 'browser' | 'stage'>, rounds: number): Promise<Measured> {
    const countPreflights = (): number => stage.control.stats().requests['OPTIONS /v1/auth/signout'] ?? 0
    const before = countPreflights()
    const outcomes: Outcome[] = []
    for (let round = 0; round < rounds; round += 1)
      outcomes.push(...(await signOutInAllWays({ browser, stage, ...place })))
    const measured = { outcomes, preflights: countPreflights() - before }
    const title = place.mode === 'unaided' ? 'control, no twin and no keepalive' : 'as it is'
    print(`${found.version}, ${place.origin}, ${title}`, measured)
    return measured
  }

  // the proof that this browser shows the races at all
  test('a sign-out without its synchronous word and keepalive is undone by the next page', async () => {
    const { outcomes } = await measure({ origin: 'cross-origin', mode: 'unaided' }, ROUNDS.control)
    const back = outcomes.filter(({ isBack }) => isBack).length
    if (found.name === 'chromium') expect(back, 'VOID: this browser hides the races').toBeGreaterThan(0)
  })

  test('a sign-out outlives its page, and the server on another origin hears of it [P1, P2]', async () => {
    const { outcomes, preflights } = await measure({ origin: 'cross-origin', mode: 'plain' }, ROUNDS.crossOrigin)
    expectObeyed(outcomes)
    expect(preflights).toBeGreaterThanOrEqual(outcomes.length)
  })

  test('a sign-out outlives its page, and the server on the same origin hears of it [P1, P2]', async () => {
    const { outcomes, preflights } = await measure({ origin: 'same-origin', mode: 'plain' }, ROUNDS.sameOrigin)
    expectObeyed(outcomes)
    expect(preflights).toBe(0)
  })
})

interface Measured {
  readonly outcomes: readonly Outcome[]
  readonly preflights: number
}

function expectObeyed(outcomes: readonly Outcome[]): void {
  expect(outcomes.filter(({ isBack }) => isBack)).toEqual([])
  const missed = outcomes.filter(({ isTold }) => !isTold)
  expect(missed.length).toBeLessThanOrEqual(Math.max(1, Math.floor(outcomes.length * MISSED)))
}

function print(title: string, { outcomes, preflights }: Measured): void {
  const line = (name: string, some: readonly Outcome[]): string => {
    const count = (isSo: (outcome: Outcome) => boolean): number => some.filter(isSo).length
    const back = count(({ isBack }) => isBack)
    const own = count(({ isToldByItself }) => !isToldByItself)
    const never = count(({ isTold }) => !isTold)
    const told = `not told by the page itself ${own}, nor by the next page ${never}`
    return `  ${name.padEnd(26)} ${back} of ${some.length} came back; ${told}`
  }
  const ways = WAYS.map((name) =>
    line(
      name,
      outcomes.filter(({ way }) => way === name),
    ),
  )
  console.log([`${title}; ${preflights} preflights`, ...ways, line('all', outcomes)].join('\n'))
}
