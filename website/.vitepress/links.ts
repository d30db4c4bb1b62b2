import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { MarkdownOptions } from 'vitepress'

type Markdown = Parameters<NonNullable<MarkdownOptions['config']>>[0]

export const repository = 'https://github.com/authchart/authchart'

const root = fileURLToPath(new URL('../..', import.meta.url))

/**
 * The guides link to files beside `docs`, as GitHub shows them. The site has no such pages: it leads to the repository.
 * What the first page shows of the README links to the guides from beside `docs`.
 */
function toRepository(href: string, page: string): string {
  if (page.startsWith('website/') && href.startsWith('docs/')) return href.replace(/^docs(\/[\w-]+)\.md/, '$1')
  if (!href.startsWith('../')) return href
  const [path = '', anchor] = join(dirname(page), href).split('#')
  if (path.startsWith('docs/') || path.startsWith('website/')) return href
  if (!existsSync(join(root, path))) throw new Error(`${page}: ${href} leads nowhere`)
  return `${repository}/blob/main/${path}${anchor === undefined ? '' : `#${anchor}`}`
}

export function linksOfTheRepository(markdown: Markdown): void {
  markdown.core.ruler.push('links-of-the-repository', ({ tokens, env }) => {
    const { realPath, path } = env as { readonly realPath?: string; readonly path?: string }
    // a title that is read for the window's bar belongs to no page
    const page = (realPath ?? path)?.replace(root, '')
    if (page === undefined) return
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const href = token.attrGet('href')
      if (token.type === 'link_open' && href !== null) token.attrSet('href', toRepository(href, page))
    }
  })
}
