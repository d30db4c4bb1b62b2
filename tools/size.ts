// What an app pays, minified and gzipped, against a budget. Frameworks and xstate count only where it says so.
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'

interface Entry {
  readonly name: string
  readonly code: (path: (file: string) => string) => string
  readonly external: (string | RegExp)[]
  /** Bytes. */
  readonly budget: number
}

const withoutXstate = [/^@?xstate/]
const frameworks = [/^@authchart\/core/, /^@?xstate/, /^react/, /^@tanstack/, /^vue/, /^@vue/]

const entries: Entry[] = [
  {
    name: 'bare xstate: createActor, setup, assign, fromCallback',
    code: () => `export { createActor, setup, assign, fromCallback } from 'xstate'`,
    external: [],
    budget: 14_000,
  },
  {
    name: 'createAuth + bkend + browserStorage, with xstate',
    code: (path) => wholeOf(path),
    external: [],
    budget: 39_620,
  },
  {
    name: 'createAuth + bkend + browserStorage, without xstate',
    code: (path) => wholeOf(path),
    external: withoutXstate,
    budget: 27_720,
  },
  {
    name: 'createAuth + cookieClient, without xstate',
    code: (path) => `export { createAuth } from '${path('core/dist/exports/index.js')}'
export { cookieClient } from '${path('core/dist/exports/cookie.js')}'`,
    external: withoutXstate,
    budget: 25_900,
  },
  {
    name: 'workerCustody, beside createAuth',
    code: (path) => `export { workerCustody } from '${path('core/dist/exports/worker.js')}'`,
    external: [],
    budget: 4000,
  },
  {
    name: 'serveCustody, in its worker',
    code: (path) => `export { serveCustody } from '${path('core/dist/exports/worker.js')}'`,
    external: [],
    budget: 8000,
  },
  {
    name: 'createAuthHandler, which no page loads, without jose',
    code: (path) => `export * from '${path('core/dist/exports/server.js')}'`,
    external: ['jose'],
    budget: 12_200,
  },
  {
    name: 'react binding',
    code: (path) => `export * from '${path('react/dist/index.js')}'`,
    external: frameworks,
    budget: 1400,
  },
  {
    name: 'react binding, its guards for React Router',
    code: (path) => `export * from '${path('react/dist/react-router.js')}'`,
    external: frameworks,
    budget: 1400,
  },
  {
    name: 'react binding, its guards for TanStack Router',
    code: (path) => `export * from '${path('react/dist/tanstack-router.js')}'`,
    external: frameworks,
    budget: 1200,
  },
  {
    name: 'vue binding',
    code: (path) => `export * from '${path('vue/dist/index.js')}'`,
    external: frameworks,
    budget: 1400,
  },
  {
    name: 'vue binding, its guard for Vue Router',
    code: (path) => `export * from '${path('vue/dist/router.js')}'`,
    external: frameworks,
    budget: 1300,
  },
]

function wholeOf(path: (file: string) => string): string {
  return `export { createAuth } from '${path('core/dist/exports/index.js')}'
export { bkend } from '${path('core/dist/exports/bkend.js')}'
export { browserStorage } from '${path('core/dist/exports/storage.js')}'`
}

const inPackages = (file: string): string => fileURLToPath(new URL(`../packages/${file}`, import.meta.url))

for (const { name, code, external, budget } of entries) {
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    root: inPackages('core'),
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === 'virtual:entry' ? inPackages('core/entry.js') : null),
        load: (id) => (id === inPackages('core/entry.js') ? code(inPackages) : null),
      },
    ],
    build: {
      write: false,
      rolldownOptions: { input: 'virtual:entry', preserveEntrySignatures: 'strict', external },
    },
  })
  const outputs = (Array.isArray(result) ? result : [result]).flatMap((r) => ('output' in r ? r.output : []))
  const size = outputs.reduce((sum, o) => sum + (o.type === 'chunk' ? gzipSync(o.code, { level: 9 }).length : 0), 0)
  console.log(`${String(size).padStart(6)} B gzip of ${budget}: ${name}`)
  if (size === 0 || size > budget) process.exitCode = 1
}
