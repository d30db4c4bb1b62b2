import { defineConfig } from 'vitest/config'

// a slow machine is no reason to fail
export default defineConfig({ test: { testTimeout: 60_000, expect: { poll: { timeout: 20_000 } } } })
