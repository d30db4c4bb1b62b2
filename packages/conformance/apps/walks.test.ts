/** Both example apps in a real browser: generated walks that together take every transition a person can cause. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { abilities, outOfReach } from '../src/app-events.ts'
import { allTransitions, generateWalks } from '../src/chart.ts'
import { promises } from '../src/promises.ts'
import { createAppDriver } from './app-driver.ts'
import { expectPlace, expectText, listen, openContext, setTheStage, type Stage } from './stage.ts'

const { walks, transitions } = generateWalks(abilities)
let stage: Stage

beforeAll(async () => {
  stage = await setTheStage()
})
afterAll(() => stage?.close())

describe.each(['react', 'vue'] as const)('the %s app', (name) => {
  test.each(walks)('$name', async ({ steps }) => {
    const { server, browser, urls } = stage
    server.control.reset()
    const context = await openContext(browser)
    const driver = await createAppDriver(context, server, urls[name])
    const heard = listen(driver.page)
    for (const [index, step] of steps.entries()) {
      const trail = steps
        .slice(0, index + 1)
        .map(({ label }) => label)
        .join(' > ')
      const before = steps[index - 1]
      await driver.take(step, steps.slice(index + 1), before)
      // a sign-out with nothing to revoke is over at once
      const isOverAtOnce = step.label === 'signOut' && !before?.isHeld
      const place = isOverAtOnce ? 'signedOut' : step.place
      const promised = promises[place]
      await expectPlace(driver.page, place).catch((error: Error) => {
        throw new Error(`${trail}: ${error.message}`)
      })
      await expectText(driver.page, 'status', promised?.status ?? '')
      const isSignedIn = promised?.isSignedIn === 'as before' ? step.isHeld : promised?.isSignedIn
      if (isSignedIn) await expectText(driver.page, 'user-name', driver.who())
      else
        await expect
          .poll(() => driver.page.getByTestId('user-name').count(), { timeout: 15_000, message: trail })
          .toBe(0)
    }
    // whatever begins like a JWT is one
    expect(await driver.page.content()).not.toContain('eyJ')
    expect(heard.filter((line) => line.includes('eyJ') || line.startsWith('pageerror'))).toEqual([])
    expect(driver.page.url()).toMatch(/^http:\/\/localhost:\d+\/(sign-in(\?returnTo=(%2F|\/))?)?$/)
    expect(server.control.stats().replays).toBe(0)
    server.control.clearFaults()
    await context.close()
  })

  test('takes every transition a person can cause', () => {
    const reach = `${transitions.length} of ${allTransitions().length} transitions`
    console.log(
      `${name} app: ${reach} in ${walks.length} walks; ${Object.keys(outOfReach).length} are out of a person's reach`,
    )
    expect(transitions.length + Object.keys(outOfReach).length).toBe(allTransitions().length)
  })
})
