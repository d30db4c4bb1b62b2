import { defineConfig } from 'vitest/config'

// that a machine is slow is no finding
export default defineConfig({ test: { testTimeout: 120_000, expect: { poll: { timeout: 60_000 } } } })
