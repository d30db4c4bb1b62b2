import vue from '@vitejs/plugin-vue'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  plugins: [vue()],
  resolve: { alias: { '~': fileURLToPath(new URL('app', import.meta.url)) } },
  // a slow machine is no reason to fail
  test: { testTimeout: 60_000, expect: { poll: { timeout: 20_000 } } },
})
