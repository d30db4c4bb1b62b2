// Takes the pictures of the demo that the README shows, by day and by night: node tools/pictures/demo.ts <address of an app>
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright'
import { findChromium } from '../chromium.ts'

const [address] = process.argv.slice(2)
if (address === undefined) throw new Error('Say where the app is: npm run demo prints its address.')

const { executablePath, args, env } = await findChromium()
const browser = await chromium.launch({
  executablePath,
  args,
  env: { ...process.env, ...env } as Record<string, string>,
})
for (const colorScheme of ['light', 'dark'] as const) {
  const page = await browser.newPage({ viewport: { width: 1200, height: 716 }, colorScheme, reducedMotion: 'reduce' })
  await page.goto(address)
  await page.getByTestId('email').fill('editor@demo.test')
  await page.getByTestId('password').fill('Editor-demo-1!')
  await page.getByTestId('submit').click()
  await page.getByTestId('edit-post_1').waitFor()
  const path = fileURLToPath(new URL(`../../docs/pictures/demo-${colorScheme}.png`, import.meta.url))
  await page.screenshot({ path })
  console.log(path)
}
await browser.close()
