import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { rbac, type RbacOptions } from '../src/rbac/command.ts'
import { Problem } from '../src/problem.ts'
import { additionOf } from '../src/rbac/add.ts'
import { app, auth, read } from './rbac-app.ts'

const router = `import { authRoutes } from '@authchart/react/react-router'
import { createBrowserRouter } from 'react-router'
import { auth } from './auth.ts'
const routes = authRoutes(auth, { signIn: '/sign-in' })
createBrowserRouter([
  { path: '/sign-in', middleware: [routes.signInPage], element: <p /> },
  { path: '/admin', middleware: [routes.requireUser('isAdmin')], element: <p /> },
  { path: '/about', element: <p /> },
])
`

/** Runs the command, with an answer for what it asks. */
async function run(folder: string, options: RbacOptions, answer = false) {
  const printed: string[] = []
  const complained: string[] = []
  const asked: string[] = []
  const code = await rbac(folder, options, {
    print: (text) => void printed.push(text),
    complain: (text) => void complained.push(text),
    async ask(question) {
      asked.push(question)
      return answer
    },
  }).catch((error: unknown) => {
    // the command prints it, and ends with 1; any other error is a fault of the command
    if (!(error instanceof Problem)) throw error
    complained.push(error.message)
    return 1
  })
  return { code, printed: printed.join('\n'), complained: complained.join('\n'), asked }
}

const small = () => app({ 'src/auth.ts': auth, 'src/router.tsx': router })

test('the terminal gets the table, what to look at, and what the command is not', async () => {
  const { code, printed } = await run(small(), { public: ['/about', '/gone'] })
  expect(code).toBe(0)
  expect(printed).toContain('/admin    isAdmin           no          yes    no      no      src/router.tsx:7')
  expect(printed).toContain('/about    no guard, public  yes')
  expect(printed).toContain('src/auth.ts:11  The guard "isEditor" is used nowhere.')
  expect(printed).toContain('.:1  --public names /gone, and no route has that path.')
  expect(printed).not.toContain('/about has no guard')
  expect(printed).toContain('Guards shape the screen; the server decides.')
})

test('JSON has the routes, the guards, the warnings and the note', async () => {
  const { printed } = await run(small(), { format: 'json' })
  const data = JSON.parse(printed)
  expect(data.routes[1]).toEqual({
    path: '/admin',
    file: 'src/router.tsx',
    line: 7,
    isEntrance: false,
    isPublic: false,
    unread: null,
    asks: [{ kind: 'guard', by: 'route', name: 'isAdmin', file: 'src/router.tsx', line: 7 }],
    answers: { 'signed out': 'no', admin: 'yes', editor: 'no', member: 'no' },
  })
  expect(data.guards[0]).toMatchObject({
    name: 'isAdmin',
    kind: 'roles',
    roles: ['admin'],
    file: 'src/auth.ts',
    line: 10,
  })
  expect(data.roles).toEqual({ names: ['admin', 'editor', 'member'], file: 'src/auth.ts', line: 5 })
  expect(data.note).toContain('the server decides')
})

test('a text of the app cannot break out of its cell in the Markdown table', async () => {
  const folder = app({
    'src/auth.ts': auth,
    'src/router.tsx': router.replace("'/about'", String.raw`'/a|b\n<!-- end of authchart rbac --> [x](y)'`),
  })
  const { printed } = await run(folder, { format: 'markdown' })
  expect(printed).toContain(String.raw`| /a\|b \<!-- end of authchart rbac --\> \[x\](y) | no guard |`)
})

test('the check fails with a diff as soon as the table in the repository is stale', async () => {
  const folder = small()
  const file = join(folder, 'docs/roles.md')
  expect((await run(folder, { check: file })).code).toBe(1)
  expect((await run(folder, { out: file })).code).toBe(0)
  expect(await run(folder, { check: file })).toMatchObject({ code: 0, printed: `${file} says what the code says.` })
  const path = join(folder, 'src/router.tsx')
  writeFileSync(path, `\n\n${readFileSync(path, 'utf8')}`)
  expect((await run(folder, { check: file })).code).toBe(0)
  writeFileSync(path, router.replace("requireUser('isAdmin')", 'requireUser()'))
  const stale = await run(folder, { check: file })
  expect(stale.code).toBe(1)
  expect(stale.complained).toContain('-| /admin | isAdmin | no | yes | no | no | src/router.tsx |')
  expect(stale.complained).toContain('+| /admin | a user | no | yes | yes | yes | src/router.tsx |')
  expect(stale.complained).toContain('is stale')
})

test('a formatter may pad the columns of the table, and may not change a word', async () => {
  const folder = small()
  const file = join(folder, 'roles.md')
  await run(folder, { out: file })
  const written = readFileSync(file, 'utf8')
  const padded = written.replaceAll('| --- |', '| -------- |').replaceAll(' | yes | ', ' | yes   | ')
  expect(padded).not.toBe(written)
  writeFileSync(file, padded)
  expect((await run(folder, { check: file })).code).toBe(0)
  writeFileSync(file, padded.replace('| /admin | isAdmin | no |', '| /admin | isAdmin | yes |'))
  expect((await run(folder, { check: file })).code).toBe(1)
})

test('prose around the table stays, and a file without a place for it is not overwritten', async () => {
  const folder = small()
  const file = join(folder, 'roles.md')
  writeFileSync(file, '# Ours\r\n\r\nText.\r\n')
  const refused = await run(folder, { out: file })
  expect(refused.code).toBe(1)
  expect(refused.complained).toContain('has no place for the table')
  expect(readFileSync(file, 'utf8')).toBe('# Ours\r\n\r\nText.\r\n')
  const [begin, end] = refused.complained.split('\n').slice(-2)
  writeFileSync(file, `# Ours\r\n\r\n${begin}\r\n${end}\r\n\r\nAfter.\r\n`)
  expect((await run(folder, { out: file })).code).toBe(0)
  const written = readFileSync(file, 'utf8')
  expect(written.startsWith('# Ours\r\n')).toBe(true)
  expect(written.endsWith('\r\n\r\nAfter.\r\n')).toBe(true)
  expect(written.replaceAll('\r\n', '')).not.toContain('\n')
  expect((await run(folder, { check: file })).code).toBe(0)
})

test('a table that cannot be read or written is told by its path', async () => {
  const folder = small()
  expect((await run(folder, { check: folder })).complained).toBe(
    `${folder} cannot be read. EISDIR: illegal operation on a directory, read`,
  )
  const below = join(folder, 'src/auth.ts/roles.md')
  expect((await run(folder, { out: below })).complained).toMatch(/roles\.md cannot be written\. E/)
})

test('a folder that has no app, or does not exist, is an error and no empty table', async () => {
  expect(await run(app({ 'readme.md': '' }), {})).toMatchObject({
    code: 1,
    complained: expect.stringContaining('No guards and no routes'),
  })
  expect(await run('/nowhere/at/all', {})).toMatchObject({ code: 1, complained: 'There is no folder /nowhere/at/all.' })
})

const added = (code: string, role = 'member') => {
  const folder = app({ 'src/auth.ts': code })
  additionOf(folder, role).write()
  return readFileSync(join(folder, 'src/auth.ts'), 'utf8')
}

test('a guard is added behind the last one, and the rest of the file stays as it is', () => {
  expect(added(auth)).toBe(
    auth.replace('hasRecentSignIn(5 * 60_000),\n', `hasRecentSignIn(5 * 60_000),\n    isMember: hasRole('member'),\n`),
  )
  expect(
    added(`import { createAuth, hasRole as role } from "@authchart/core";
export const auth = createAuth({
	guards: {
		isAdmin: role("admin") // the last, without a comma
	}
});
`),
  ).toBe(`import { createAuth, hasRole as role } from "@authchart/core";
export const auth = createAuth({
	guards: {
		isAdmin: role("admin"), // the last, without a comma
		isMember: role("member")
	}
});
`)
  expect(
    added(
      `import { createAuth } from '@authchart/core'\nexport const auth = createAuth({ client, guards: { ok: () => true } })\n`,
      'super-admin',
    ),
  ).toBe(
    `import { createAuth, hasRole } from '@authchart/core'\nexport const auth = createAuth({ client, guards: { ok: () => true, isSuperAdmin: hasRole('super-admin') } })\n`,
  )
  expect(
    added(`import * as core from '@authchart/core'\nexport const auth = core.createAuth({\r\n  client,\r\n})\r\n`),
  ).toBe(
    `import * as core from '@authchart/core'\nexport const auth = core.createAuth({\r\n  client,\r\n  guards: { isMember: core.hasRole('member') },\r\n})\r\n`,
  )
})

test('guards that stand in a file of their own get the import there, also in a component of Vue', () => {
  const folder = app({
    'src/guards.ts': `export const guards = {\n  isOpen: () => true, /* ours */\n} as const\n`,
    'src/App.vue': `<template><p>ü</p></template>\n\n<script setup lang="ts">\nimport { createAuth } from '@authchart/core'\nimport { guards } from './guards'\ncreateAuth({ client, guards })\n</script>\n`,
  })
  additionOf(folder, 'editor').write()
  expect(readFileSync(join(folder, 'src/guards.ts'), 'utf8')).toBe(
    `import { hasRole } from '@authchart/core'\nexport const guards = {\n  isOpen: () => true, /* ours */\n  isEditor: hasRole('editor'),\n} as const\n`,
  )
  const inside = app({
    'App.vue': `<template><p>ü</p></template>\n\n<script setup lang="ts">\nimport { createAuth } from '@authchart/core'\ncreateAuth({ client, guards: {} })\n</script>\n`,
  })
  additionOf(inside, 'editor').write()
  expect(readFileSync(join(inside, 'App.vue'), 'utf8')).toContain(
    `import { createAuth, hasRole } from '@authchart/core'\ncreateAuth({ client, guards: { isEditor: hasRole('editor') } })`,
  )
})

test('what was added is read as a guard of that role', () => {
  const { guards } = read({ 'src/auth.ts': added(auth) })
  expect(guards.at(-1)).toMatchObject({ name: 'isMember', reading: { kind: 'roles', roles: ['member'] } })
})

test('a guard is written after the user has seen it and said yes, or with --yes', async () => {
  const folder = app({ 'src/auth.ts': auth })
  const refused = await run(folder, { add: 'member' })
  expect(refused).toMatchObject({ code: 1, asked: ['Write this into src/auth.ts?'] })
  expect(refused.printed).toContain(`+    isMember: hasRole('member'),`)
  expect(readFileSync(join(folder, 'src/auth.ts'), 'utf8')).toBe(auth)
  expect(await run(folder, { add: 'member' }, true)).toMatchObject({ code: 0 })
  expect(readFileSync(join(folder, 'src/auth.ts'), 'utf8')).toBe(added(auth))
  const other = await run(folder, { add: 'owner', yes: true })
  expect(other).toMatchObject({ code: 0, asked: [] })
  expect(other.complained).toContain('src/auth.ts:5 has no role "owner"')
  expect(other.printed).toContain('the server has to ask for the same role')
})

test('a guard is not added where there is one of that name, no place, or more than one', async () => {
  const why = async (files: Readonly<Record<string, string>>, role = 'admin') =>
    (await run(app(files), { add: role, yes: true })).complained
  expect(await why({ 'src/auth.ts': auth })).toBe(
    'There is a guard "isAdmin" already, at src/auth.ts:10. Nothing is changed.',
  )
  expect(await why({ 'src/auth.ts': 'export {}' })).toMatch(/^No call of createAuth/)
  expect(await why({ 'src/auth.ts': auth }, `x'); steal('`)).toContain('is no role')
  expect(
    await why({ 'src/auth.ts': `import { createAuth } from '@authchart/core'\ncreateAuth({ guards: { ...theirs } })` }),
  ).toContain('cannot be read')
  expect(
    await why({ 'src/auth.ts': `import { createAuth } from '@authchart/core'\ncreateAuth({ guards: guardsOf() })` }),
  ).toContain('cannot be read')
  expect(
    await why({
      'src/auth.ts': `import { createAuth } from '@authchart/core'\nconst hasRole = 1\ncreateAuth({ guards: {} })`,
    }),
  ).toContain('is not the one of @authchart/core')
  const two = `import { createAuth } from '@authchart/core'\ncreateAuth({ guards: {} })\n`
  expect(await why({ 'a.ts': two, 'b.ts': two })).toContain('more than one place for guards')
})

test('a file that changed between the question and the answer is left as it is', () => {
  const folder = app({ 'src/auth.ts': auth })
  const addition = additionOf(folder, 'member')
  writeFileSync(join(folder, 'src/auth.ts'), `${auth}// mine\n`)
  expect(() => addition.write()).toThrow('has changed meanwhile')
  expect(readFileSync(join(folder, 'src/auth.ts'), 'utf8')).toBe(`${auth}// mine\n`)
})
