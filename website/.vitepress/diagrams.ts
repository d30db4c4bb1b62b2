import type { MarkdownOptions } from 'vitepress'

type Markdown = Parameters<NonNullable<MarkdownOptions['config']>>[0]

/**
 * A state diagram of Mermaid, which GitHub draws, is a table of its transitions here: a library that draws would be larger than the
 * rest of the site, and a table can be read aloud.
 */
export function diagrams(markdown: Markdown): void {
  const fence = markdown.renderer.rules.fence
  markdown.renderer.rules.fence = (tokens, index, ...rest) => {
    const { info, content } = tokens[index] as { readonly info: string; readonly content: string }
    if (info.trim() !== 'mermaid') return fence?.(tokens, index, ...rest) ?? ''
    const transitions = Array.from(content.matchAll(/^ *(\S+) --> (\S+)(?: : (.*))?$/gm))
    if (transitions.length === 0) throw new Error(`This diagram has no transitions: ${content}`)
    const cell = (text = ''): string => `<td>${markdown.utils.escapeHtml(text.replace('[*]', 'the start'))}</td>`
    const rows = transitions.map(([, from, to, label]) => `<tr>${[from, to, label].map(cell).join('')}</tr>`)
    return `<table><thead><tr><th>from</th><th>to</th><th>when</th></tr></thead><tbody>${rows.join('')}</tbody></table>\n`
  }
}
