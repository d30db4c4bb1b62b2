import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Kind } from './project.ts'

/** How the variables of an app are called, and the file that the framework reads them from. */
export interface Variables {
  readonly file: string
  readonly server: string
  readonly key: string
  /** What seals the cookie; null where there is none. */
  readonly secret: string | null
}

/** Vite hands on to the page what begins with `VITE_`. */
const ofVite: Variables = { file: '.env.local', server: 'VITE_AUTH_SERVER', key: 'VITE_AUTH_KEY', secret: null }
const ofServer: Variables = { file: '.env', server: 'AUTH_SERVER', key: 'AUTH_KEY', secret: 'AUTH_SECRET' }

export function variablesOf(kind: Kind): Variables {
  if (kind === 'next') return { ...ofServer, file: '.env.local' }
  return kind === 'nuxt' ? ofServer : ofVite
}

export function readVariables(folder: string, kind: Kind): Readonly<Record<string, string>> {
  const path = join(folder, variablesOf(kind).file)
  return existsSync(path) ? parseVariables(readFileSync(path, 'utf8')) : {}
}

export const parseVariables = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Array.from(text.matchAll(/^\s*(\w+)\s*=\s*(.*?)\s*$/gm), ([, name = '', value = '']) => [name, value]),
  )
