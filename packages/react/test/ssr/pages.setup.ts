import { createElement } from 'react'
import { renderToString } from 'react-dom/server'
import type { TestProject } from 'vitest/node'
import { AccountPage, createPageAuth, Page, sessions, type Session } from './page.tsx'

type Pages = Readonly<Record<Session, { readonly page: string; readonly account: string }>>

declare module 'vitest' {
  export interface ProvidedContext {
    pages: Pages
  }
}

/** What Node renders, for the browser to hydrate. */
export function setup({ provide }: TestProject): void {
  const render = (session: Session) => ({
    page: renderToString(createElement(Page, { auth: createPageAuth(session) })),
    account: renderToString(createElement(AccountPage, { auth: createPageAuth(session) })),
  })
  const names = Object.keys(sessions) as Session[]
  provide('pages', Object.fromEntries(names.map((name) => [name, render(name)])) as unknown as Pages)
}
