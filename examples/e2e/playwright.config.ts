import { defineConfig } from '@playwright/test'
import { findChromium } from '../../tools/chromium.ts'

const { executablePath, args, env } = await findChromium()
const apps = { react: 4173, vue: 4174 }

export default defineConfig({
  // the server of the apps is a world in the test: nothing listens there
  use: { launchOptions: { executablePath, args, env: { ...process.env, ...env } as Record<string, string> } },
  // that a machine is slow is no finding
  timeout: 120_000,
  expect: { timeout: 60_000 },
  fullyParallel: true,
  workers: 2,
  forbidOnly: true,
  reporter: 'line',
  projects: Object.entries(apps).map(([name, port]) => ({ name, use: { baseURL: `http://localhost:${port}` } })),
  webServer: Object.entries(apps).map(([name, port]) => ({
    command: `vite preview ../${name} --port ${port} --strictPort`,
    port,
    reuseExistingServer: false,
  })),
})
