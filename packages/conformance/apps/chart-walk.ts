/** A walk through the chart, on a page of an example app: after every step the page shows what the chart promises. */
import { expect } from 'vitest'
import type { Step } from '../src/chart.ts'
import { isOverAtOnce } from '../src/app-events.ts'
import { after, atFirst, isHeld, placeIn, viewIn } from '../src/promises.ts'
import { createAppDriver } from './app-driver.ts'
import { expectPlace, expectText, listen, openContext, type AppName, type Stage } from './stage.ts'

export async function walkThroughChart(
  { server, browser, urls }: Stage,
  name: AppName,
  steps: readonly Step[],
  custody?: 'worker' | 'cookie' | 'proxy',
): Promise<void> {
  server.control.reset()
  const context = await openContext(browser)
  if (custody) await context.addInitScript((way) => localStorage.setItem('authchart-demo:custody', way), custody)
  const driver = await createAppDriver(context, server, urls[name])
  const heard = listen(driver.page)
  let now = atFirst
  for (const [index, step] of steps.entries()) {
    const done = steps.slice(0, index + 1)
    const trail = done.map(({ label }) => label).join(' > ')
    await driver.take(step, steps.slice(index + 1), now)
    now = after(now, step.label)
    const shown = step.label === 'signOut' && isOverAtOnce(done) ? after(now, 'revoke.settled') : now
    await expectPlace(driver.page, placeIn(shown).replace(/ \+ (early|idle)$/, '')).catch((error: Error) => {
      throw new Error(`${trail}: ${error.message}`)
    })
    await expectText(driver.page, 'status', viewIn(shown).status)
    if (isHeld(shown)) await expectText(driver.page, 'user-name', driver.who())
    else await expect.poll(() => driver.page.getByTestId('user-name').count(), { message: trail }).toBe(0)
  }
  // without one the page would do it all itself, and show the same
  if (custody === 'worker')
    expect(await driver.page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(1)
  // whatever begins like a JWT is one
  expect(await driver.page.content()).not.toContain('eyJ')
  expect(heard.filter((line) => line.includes('eyJ') || line.startsWith('pageerror'))).toEqual([])
  expect(driver.page.url()).toMatch(/^http:\/\/localhost:\d+\/(sign-in(\?returnTo=(%2F|\/))?)?$/)
  expect(server.control.stats().replays).toBe(0)
  server.control.clearFaults()
  await context.close()
}
