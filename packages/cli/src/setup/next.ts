import { existsSync } from 'node:fs'
import { join, posix } from 'node:path'
import { edit, file, read, type Edit, type Item } from './plan.ts'
import type { Project } from './project.ts'
import { ownFiles, type MakeRecipe, type Own } from './recipe.ts'

/** For the browser: what is shared with an app of Vite has no directive. */
const ofBrowser =
  (own: Own): Own =>
  (path, template) => {
    const { want } = own(path, template)
    const wanted = want(null)
    return 'text' in wanted ? file(path, `'use client'\n\n${wanted.text}`) : { path, want }
  }

export const next: MakeRecipe = (project, answers) => {
  const own = withImports(project, ownFiles(project, answers))
  const inBrowser = ofBrowser(own)
  const at = (path: string): string => posix.join(project.source, path)
  return {
    items: [
      own(at('auth/session.ts'), 'next/session.ts'),
      own(at('auth/backend.ts'), `shared/backend.${answers.backend}.ts`),
      own(at('auth/guards.ts'), 'shared/guards.ts'),
      own(at('auth/client.ts'), 'next/client.ts'),
      own(at('auth/with-session.tsx'), 'next/with-session.tsx'),
      own(at('auth/providers.tsx'), 'next/providers.tsx'),
      own(at('auth/auth-bar.tsx'), 'next/auth-bar.tsx'),
      own(at('auth/to-sign-in.tsx'), 'next/to-sign-in.tsx'),
      own(at('auth/messages.ts'), 'shared/messages.ts'),
      own(at('auth/auth.css'), 'shared/auth.css'),
      inBrowser(at('auth/sign-in-form.tsx'), 'react/sign-in-form.tsx'),
      inBrowser(at('auth/profile.tsx'), 'react/profile.tsx'),
      ...(answers.hasTest ? [own(at('auth/auth.test.tsx'), 'react/auth.test.tsx')] : []),
      own(at('app/auth/[operation]/route.ts'), 'next/auth-route.ts'),
      own(at('app/api/[...path]/route.ts'), 'next/api-route.ts'),
      own(at('app/account/page.tsx'), 'next/account-page.tsx'),
      own(at('app/sign-in/page.tsx'), 'next/sign-in-page.tsx'),
      proxy(project, own),
      edit(at('app/layout.tsx'), layout(project)),
    ],
    dependencies: [],
    devDependencies: answers.hasTest ? ['@testing-library/react', '@testing-library/dom'] : [],
  }
}

/** An app with the older name has one already, and Next refuses two. */
function proxy({ folder, source }: Project, own: Own): Item {
  const older = posix.join(source, 'middleware.ts')
  if (!existsSync(join(folder, older))) return own(posix.join(source, 'proxy.ts'), 'next/proxy.ts')
  return edit(older, {
    mark: 'readSession',
    change: () => null,
    lines: [
      `import { handler } from './auth/session'`,
      '// for the guarded pages: if this is null, redirect to /sign-in?returnTo=…',
      'await handler.readSession(request)',
    ],
  })
}

const hasAlias = ({ folder, source }: Project): boolean => {
  const [, target] = /"@\/\*"\s*:\s*\[\s*"([^"]*)"/.exec(read(join(folder, 'tsconfig.json')) ?? '') ?? []
  return target !== undefined && posix.normalize(target) === posix.join(source, '*')
}

/** The templates import by `@/`; an app without that gets relative paths. */
function withImports(project: Project, own: Own): Own {
  if (hasAlias(project)) return own
  return (path, template) => {
    const wanted = own(path, template).want(null)
    if (!('text' in wanted)) return own(path, template)
    return file(
      path,
      wanted.text.replaceAll(/'@\/(.*)'/g, (_, to: string) => `'${relative(project, path, to)}'`),
    )
  }
}

function relative({ source }: Project, from: string, to: string): string {
  const path = posix.relative(posix.dirname(from), posix.join(source, to))
  return path.startsWith('.') ? path : `./${path}`
}

/** A body that holds the pages and nothing else, as the starter has it. */
const body = /(<body[^>]*>\s*)\{children\}(\s*<\/body>)/

function layout(project: Project): Edit {
  const line = `import { WithSession } from '${hasAlias(project) ? '@' : '..'}/auth/with-session'`
  return {
    mark: '<WithSession>',
    change(text) {
      if (!body.test(text) || !/^import /m.test(text)) return null
      const own = text.includes('from "') ? `${line.replaceAll("'", '"')};` : line
      return text.replace(/^import /m, `${own}\nimport `).replace(body, '$1<WithSession>{children}</WithSession>$2')
    },
    lines: [line, '<WithSession>{children}</WithSession> // in the body, around the pages'],
  }
}
