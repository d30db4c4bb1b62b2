import react from '@vitejs/plugin-react'
import vue from '@vitejs/plugin-vue'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { findChromium } from './tools/chromium.ts'

const { executablePath, args, env } = await findChromium()

// a fresh object for each project: Vitest names the instances in place
const browser = () => ({
  enabled: true,
  headless: true,
  screenshotFailures: false,
  provider: playwright({
    launchOptions: { executablePath, args, env: { ...process.env, ...env } as Record<string, string> },
  }),
  instances: [{ browser: 'chromium' as const }],
})

// every runtime dependency: one that is found later makes Vite reload a running test
const core = ['xstate', 'xstate/graph']

declare module 'vitest' {
  export interface ProvidedContext {
    /** Whether tests that count to thousands count to all of them, as the landing does, or to a tenth. */
    readonly suite: 'short' | 'whole'
  }
}

/** Not named in the import: Vite would make the whole binding a part of this file, whatever project runs. */
const vuePages = new URL('packages/vue/test/ssr/pages.ts', import.meta.url).href

/** Pages that hydrate come from a server: this one. */
const renderVuePage = async (_: unknown, ...page: unknown[]): Promise<string> => {
  const pages = (await import(vuePages)) as { readonly renderPage: (...page: unknown[]) => Promise<string> }
  return pages.renderPage(...page)
}

const forReact = [
  ...core,
  'react',
  'react-dom',
  'react-dom/client',
  'react-dom/server',
  'react/jsx-dev-runtime',
  '@xstate/react',
  'vitest-browser-react',
]

const forReactApp = [
  ...core,
  'react',
  'react-dom',
  'react-dom/client',
  'react/jsx-dev-runtime',
  'react-router',
  'react-router/dom',
  'vitest-browser-react',
  '@authchart/react > @xstate/react',
]

const forVueApp = [...core, 'vue', 'vue-router', '@authchart/vue > @xstate/vue']

export default defineConfig({
  test: {
    provide: { suite: process.env['SUITE'] === 'whole' ? 'whole' : 'short' },
    // the suite is about the product: that a machine is slow is no finding
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'core',
          root: 'packages/core',
          isolate: false,
          include: ['test/**/*.test.ts'],
          exclude: ['**/*.browser.test.ts'],
        },
      },
      {
        optimizeDeps: { include: core },
        test: {
          name: 'core-browser',
          root: 'packages/core',
          include: ['test/**/*.browser.test.ts'],
          browser: browser(),
        },
      },
      { test: { name: 'server', root: 'examples/server', include: ['test/**/*.test.ts'] } },
      { test: { name: 'cli', root: 'packages/cli', include: ['test/**/*.test.ts'] } },
      {
        test: {
          name: 'conformance',
          root: 'packages/conformance',
          isolate: false,
          include: ['test/**/*.test.ts'],
          exclude: ['**/*.browser.test.*'],
        },
      },
      {
        test: {
          name: 'random',
          root: 'packages/conformance',
          include: ['random/**/*.test.ts'],
          testTimeout: 900_000,
        },
      },
      {
        test: {
          name: 'apps',
          root: 'packages/conformance',
          include: ['apps/**/*.test.ts'],
          globalSetup: [`${import.meta.dirname}/packages/conformance/apps/build.setup.ts`],
        },
      },
      {
        test: {
          name: 'walks',
          root: 'packages/conformance',
          include: ['walks/**/*.test.ts'],
          globalSetup: [`${import.meta.dirname}/packages/conformance/apps/build.setup.ts`],
          testTimeout: 900_000,
        },
      },
      {
        plugins: [react()],
        optimizeDeps: {
          include: [
            ...core,
            '@authchart/react > @xstate/react',
            '@authchart/vue > @xstate/vue',
            'react',
            'react-dom/client',
            'react/jsx-dev-runtime',
            'vue',
            '@tanstack/react-query',
            '@tanstack/vue-query',
            'pinia',
          ],
        },
        test: {
          name: 'conformance-browser',
          root: 'packages/conformance',
          include: ['test/**/*.browser.test.{ts,tsx}'],
          browser: browser(),
        },
      },
      {
        plugins: [react()],
        optimizeDeps: { include: forReactApp },
        test: {
          name: 'example-react',
          root: 'examples/react',
          include: ['test/**/*.browser.test.tsx'],
          browser: browser(),
        },
      },
      {
        plugins: [vue()],
        optimizeDeps: { include: forVueApp },
        test: {
          name: 'example-vue',
          root: 'examples/vue',
          include: ['test/**/*.browser.test.ts'],
          browser: browser(),
        },
      },
      {
        plugins: [react()],
        optimizeDeps: { include: [...forReact, 'react-router', '@tanstack/react-router'] },
        test: {
          name: 'react',
          root: 'packages/react',
          include: ['test/**/*.browser.test.tsx'],
          globalSetup: [`${import.meta.dirname}/packages/react/test/ssr/pages.setup.ts`],
          browser: browser(),
        },
      },
      {
        plugins: [react()],
        optimizeDeps: { include: forReact },
        resolve: {
          alias: [
            { find: /^react(?=$|\/)/, replacement: 'react-18' },
            { find: /^react-dom(?=$|\/)/, replacement: 'react-dom-18' },
          ],
        },
        test: {
          name: 'react-18',
          root: 'packages/react',
          include: ['test/**/*.browser.test.tsx'],
          exclude: ['test/{routers,recipes}/**'],
          browser: browser(),
        },
      },
      { test: { name: 'react-node', root: 'packages/react', include: ['test/**/*.{ssr,dev}.test.{ts,tsx}'] } },
      {
        plugins: [vue()],
        optimizeDeps: {
          include: [...core, 'vue', 'vue/server-renderer', 'vue-router', '@xstate/vue', 'vitest-browser-vue'],
        },
        test: {
          name: 'vue',
          root: 'packages/vue',
          include: ['test/**/*.browser.test.ts'],
          browser: { ...browser(), commands: { renderVuePage } },
        },
      },
      { test: { name: 'vue-node', root: 'packages/vue', include: ['test/**/*.{ssr,dev}.test.ts'] } },
    ],
  },
})
