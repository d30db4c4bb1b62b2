import { join } from 'node:path'
import type { Answers } from './answers.ts'
import { edit, isSameCode, read, type Item } from './plan.ts'
import type { Project } from './project.ts'
import { ownFiles, pageFiles, type MakeRecipe, type Own } from './recipe.ts'

const MAIN = 'src/main.tsx'

/** What `npm create vite` writes. */
const starter = `
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import './index.css'
import App from './App.tsx'
createRoot(document.getElementById('root')!).render(<StrictMode><App /></StrictMode>)`

export const react: MakeRecipe = (project, answers) => {
  const own = ownFiles(project, answers)
  return {
    items: [
      ...pageFiles(own, answers),
      own('src/auth/sign-in-form.tsx', 'react/sign-in-form.tsx'),
      own('src/auth/profile.tsx', 'react/profile.tsx'),
      ...(answers.hasTest ? [own('src/auth/auth.test.tsx', 'react/auth.test.tsx')] : []),
      ...pages(project, answers, own),
    ],
    dependencies: answers.router === 'react-router' ? ['react-router'] : [],
    devDependencies: answers.hasTest ? ['@testing-library/react', '@testing-library/dom'] : [],
  }
}

function pages(project: Project, { router }: Answers, own: Own): readonly Item[] {
  if (router === 'none') return [own('src/auth/gate.tsx', 'react-bare/gate.tsx'), edit(MAIN, gate)]
  const both = [
    own('src/pages/account.tsx', 'react-router/account.tsx'),
    own('src/pages/sign-in.tsx', 'react-router/sign-in.tsx'),
  ]
  if (router === 'tanstack-router')
    return [...both, own('src/auth/routes.ts', 'tanstack-router/routes.ts'), edit(MAIN, tanstack)]
  const main = read(join(project.folder, MAIN)) ?? ''
  const isOurs = isSameCode(main, starter) || main.includes("from './router'")
  return [
    ...both,
    own('src/auth/routes.tsx', 'react-router/routes.tsx'),
    // an app that has routes of its own has a layout, too
    ...(isOurs
      ? [own('src/auth/layout.tsx', 'react-router/layout.tsx'), own('src/router.tsx', 'react-router/router.tsx')]
      : []),
    edit(MAIN, reactRouter),
  ]
}

/** Takes the place of `<App />`, and of its import. */
const changeStarter =
  (imports: readonly string[], element: readonly string[], keepsApp = false) =>
  (text: string) => {
    if (!isSameCode(text, starter)) return null
    return text
      .replace(/^import App from .*$/m, (own) => [...(keepsApp ? [own] : []), ...imports].join('\n'))
      .replace(/^( *)<App \/>/m, (_, indent: string) => element.map((line) => indent + line).join('\n'))
  }

const provider = `import { AuthProvider } from '@authchart/react'`
const auth = `import { auth } from './auth/auth'`

const reactRouter = {
  mark: '<AuthProvider',
  change: changeStarter(
    [provider, `import { RouterProvider } from 'react-router'`, auth, `import { router } from './router'`],
    ['<AuthProvider auth={auth}>', '  <RouterProvider router={router} />', '</AuthProvider>'],
  ),
  lines: [
    '// around your RouterProvider',
    provider,
    auth,
    '<AuthProvider auth={auth}>…</AuthProvider>',
    '',
    '// where the routes are: two pages, and the guard for yours',
    `import { authPages, guard } from './auth/routes'`,
    `const router = createBrowserRouter([...authPages, { path: '/yours', middleware: [guard.requireUser()], … }])`,
    'guard.follow(router)',
  ],
}

const tanstack = {
  mark: '<AuthProvider',
  change: () => null,
  lines: [
    '// around your RouterProvider',
    provider,
    auth,
    '<AuthProvider auth={auth}>…</AuthProvider>',
    '',
    '// where the router is made',
    `import { guard } from './auth/routes'`,
    'guard.follow(router)',
    '',
    '// src/routes/sign-in.tsx and src/routes/account.tsx, or createRoute with the same options',
    `export const Route = createFileRoute('/sign-in')({ beforeLoad: guard.signInPage, component: SignInPage })`,
    `export const Route = createFileRoute('/account')({ beforeLoad: guard.requireUser(), component: AccountPage })`,
  ],
}

const gate = {
  mark: '<AuthProvider',
  change: changeStarter(
    [provider, auth, `import { Gate } from './auth/gate'`],
    ['<AuthProvider auth={auth}>', '  <Gate>', '    <App />', '  </Gate>', '</AuthProvider>'],
    true,
  ),
  lines: [
    '// around your app',
    provider,
    auth,
    `import { Gate } from './auth/gate'`,
    '<AuthProvider auth={auth}><Gate>…</Gate></AuthProvider>',
  ],
}
