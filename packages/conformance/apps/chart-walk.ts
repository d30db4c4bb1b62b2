/** A walk through the chart, on a page of an example app: after every step the page shows what the chart promises. */
import { expect } from 'vitest'
import type { Step } from '../src/chart.ts'
import { promises } from '../src/promises.ts'
import { createAppDriver } from './app-driver.ts'
import { expectPlace, expectText, listen, openContext, type AppName, type Stage } from './stage.ts'

export async function walkThroughChart(
  { server, browser, urls }: Stage,
  name: AppName,
  steps: readonly Step[],
): Promise<void> {
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
    else await expect.poll(() => driver.page.getByTestId('user-name').count(), { message: trail }).toBe(0)
  }
  // whatever begins like a JWT is one
  expect(await driver.page.content()).not.toContain('eyJ')
  expect(heard.filter((line) => line.includes('eyJ') || line.startsWith('pageerror'))).toEqual([])
  expect(driver.page.url()).toMatch(/^http:\/\/localhost:\d+\/(sign-in(\?returnTo=(%2F|\/))?)?$/)
  expect(server.control.stats().replays).toBe(0)
  server.control.clearFaults()
  await context.close()
}
