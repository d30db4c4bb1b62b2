import type { TestProject } from 'vitest/node'
import { renderPages, type Pages } from './render.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Undefined where the React under test is not the one of Node. */
    pages: Pages | undefined
  }
}

/** What Node renders, for the browser to hydrate. */
export function setup({ provide }: TestProject): void {
  provide('pages', renderPages())
}
