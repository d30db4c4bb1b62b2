import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { asMarkdown } from '../src/rbac/print.ts'
import { reportOf } from '../src/rbac/report.ts'
import { said } from './rbac-app.ts'

const names = ['react', 'vue', 'next', 'nuxt'] as const
const reports = new Map(
  names.map((name) => [name, reportOf(fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url)))]),
)
const example = (name: (typeof names)[number]) => reports.get(name)!
/** The tables without the notes below them. */
const tables = (name: (typeof names)[number]) => asMarkdown(example(name)).split('\n\nGuards shape the screen')[0]

test('the table of the example with React Router says who may enter what', () => {
  expect(tables('react')).toBe(`| route | asks for | signed out | admin | other users | file |
| --- | --- | --- | --- | --- | --- |
| / | a user | no | yes | yes | src/router.tsx |
| /\\* | no guard | yes | yes | yes | src/router.tsx |
| /admin | isAdmin | no | yes | no | src/router.tsx |
| /forbidden | a user | no | yes | yes | src/router.tsx |
| /posts/:id | a user | no | yes | yes | src/router.tsx |
| /posts/:id/edit | a user | no | yes | yes | src/router.tsx |
| /sign-in | sign-in page | yes | yes | yes | src/router.tsx |

| guard | opens to | used in | file |
| --- | --- | --- | --- |
| isAdmin | admin | src/TopBar.tsx, src/router.tsx, src/views/Admin.tsx | ../shared/src/auth.ts |
| canEditPost | users by a rule of its own | src/views/EditPage.tsx, src/views/PostItem.tsx | ../shared/src/auth.ts |`)
})

test('the table of the example with Vue Router says who may enter what', () => {
  expect(tables('vue')).toBe(`| route | asks for | signed out | admin | other users | file |
| --- | --- | --- | --- | --- | --- |
| / | a user | no | yes | yes | src/router.ts |
| /:rest(.\\*)\\* | no guard | yes | yes | yes | src/router.ts |
| /admin | isAdmin | no | yes | no | src/router.ts |
| /forbidden | a user | no | yes | yes | src/router.ts |
| /posts/:id | a user | no | yes | yes | src/router.ts |
| /posts/:id/edit | a user | no | yes | yes | src/router.ts |
| /sign-in | sign-in page | yes | yes | yes | src/router.ts |

| guard | opens to | used in | file |
| --- | --- | --- | --- |
| isAdmin | admin | src/TopBar.vue, src/views/Admin.vue, src/router.ts | ../shared/src/auth.ts |
| canEditPost | users by a rule of its own | src/views/EditLink.vue, src/views/EditPage.vue | ../shared/src/auth.ts |`)
})

test('the table of the example with Next has the pages that its proxy guards', () => {
  expect(tables('next')).toBe(`| route | asks for | signed out | users | file |
| --- | --- | --- | --- | --- |
| / | no guard | yes | yes | app/page.tsx |
| /account | a user | no | yes | app/account/page.tsx |
| /sign-in | sign-in page | yes | yes | app/sign-in/page.tsx |`)
})

test('the table of the example with Nuxt has the pages that ask by definePageMeta', () => {
  expect(tables('nuxt')).toBe(`| route | asks for | signed out | users | file |
| --- | --- | --- | --- | --- |
| / | no guard | yes | yes | app/pages/index.vue |
| /account | a user | no | yes | app/pages/account.vue |
| /sign-in | sign-in page | yes | yes | app/pages/sign-in.vue |`)
})

test('the examples have nothing that cannot be read, and only their open pages are warned of', () => {
  expect(names.map((name) => [example(name).unread, said(example(name).warnings)])).toEqual([
    [[], ['src/router.tsx:32 /* has no guard. If all may enter it, say so with --public.']],
    [[], ['src/router.ts:24 /:rest(.*)* has no guard. If all may enter it, say so with --public.']],
    [[], ['app/page.tsx:1 / has no guard. If all may enter it, say so with --public.']],
    [[], ['app/pages/index.vue:1 / has no guard. If all may enter it, say so with --public.']],
  ])
})
