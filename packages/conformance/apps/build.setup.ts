import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The folder with both example apps, built. */
    readonly apps: string
  }
}

/** Builds both example apps once for all tests of a run. They ask the page where the server is: see `serveApp`. */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'authchart-apps-'))
  await Promise.all(['react', 'vue'].map((name) => buildApp(name, join(folder, name))))
  provide('apps', folder)
  return () => rm(folder, { recursive: true, force: true })
}

async function buildApp(name: string, outDir: string): Promise<void> {
  const root = fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url))
  await build({
    root,
    configFile: `${root}/vite.config.ts`,
    configLoader: 'native',
    logLevel: 'warn',
    // as a developer sees them: with the checks of React and Vue, and with the inspector
    mode: 'development',
    define: { 'process.env.NODE_ENV': '"development"', 'import.meta.env.VITE_AUTH_SERVER': 'globalThis.AUTH_SERVER' },
    build: { outDir, emptyOutDir: true, minify: false, reportCompressedSize: false },
  })
}
