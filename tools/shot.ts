import { chromium } from 'playwright'
import { findChromium } from './chromium.ts'
const { executablePath, args, env } = await findChromium()
const browser = await chromium.launch({
  executablePath,
  args,
  env: { ...process.env, ...env } as Record<string, string>,
})
const what = process.argv[2]
if (what === 'apps') {
  for (const [name, port] of [
    ['react', 8201],
    ['vue', 8202],
  ] as const)
    for (const [width, height] of [
      [1280, 900],
      [390, 844],
    ] as const) {
      const context = await browser.newContext({
        viewport: { width, height },
        colorScheme: 'light',
        ...(process.argv[3] === 'forced' && { forcedColors: 'active' as const }),
      })
      const page = await context.newPage()
      await page.goto(`http://localhost:${port}/`)
      await page.locator('.seed').first().click()
      await page
        .locator('form button[type=submit]')
        .first()
        .click()
        .catch(() => {})
      await page
        .waitForFunction(
          () => document.querySelector('[data-testid=chart-value]')?.textContent?.startsWith('authenticated'),
          undefined,
          { timeout: 15000 },
        )
        .catch((e) => console.log(name, width, String(e).slice(0, 80)))
      if (width < 1000) await page.getByTestId('panel-toggle').click()
      await page.waitForTimeout(500)
      await page.screenshot({ path: `/tmp/pics/app-${name}-${width}${process.argv[3] ?? ''}.png` })
      console.log(
        name,
        width,
        await page.evaluate(() => [
          document.documentElement.scrollWidth,
          document.querySelector('.story')?.getAttribute('data-status'),
        ]),
      )
      await context.close()
    }
} else {
  for (const path of ['machine', 'refresh', 'flow'])
    for (const [width, scheme] of [
      [1280, 'light'],
      [1280, 'dark'],
      [390, 'light'],
    ] as const) {
      const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme })
      const page = await context.newPage()
      await page.goto(`http://localhost:8300/${path}.html`)
      await page.waitForTimeout(600)
      const img = page.locator('.vp-doc img').last()
      if (await img.count()) await img.scrollIntoViewIfNeeded()
      await page.waitForTimeout(200)
      await page.screenshot({ path: `/tmp/pics/site-${path}-${width}-${scheme}.png` })
      if (path === 'machine') {
        await page.evaluate(() => scrollTo(0, 0))
        await page.screenshot({ path: `/tmp/pics/site-${path}-top-${width}-${scheme}.png` })
      }
      console.log(path, width, await page.evaluate(() => document.documentElement.scrollWidth))
      await context.close()
    }
}
await browser.close()
