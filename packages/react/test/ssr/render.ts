import { createElement } from 'react'
import { renderToString } from 'react-dom/server'
import { AccountPage, createPageAuth, Page, sessions, type Session } from './page.tsx'

export type Pages = Readonly<Record<Session, { readonly page: string; readonly account: string }>>

export function renderPages(): Pages {
  const render = (session: Session) => ({
    page: renderToString(createElement(Page, { auth: createPageAuth(session) })),
    account: renderToString(createElement(AccountPage, { auth: createPageAuth(session) })),
  })
  const names = Object.keys(sessions) as Session[]
  return Object.fromEntries(names.map((name) => [name, render(name)])) as unknown as Pages
}
