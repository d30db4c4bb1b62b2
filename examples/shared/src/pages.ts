import { catchLostFocus } from './focus.ts'
import type { Panel } from './panel.ts'

export interface Pages {
  /**
   * For the heading of a page, when it is there and when it says something else. It names the document, and takes the
   * focus that went away with the page before. While `isPending`, what the page is about is still loading.
   */
  readonly enter: (heading: HTMLElement, isPending: boolean) => void
}

/** The pages of an app, as their headings tell of them. */
export function createPages(panel: Panel): Pages {
  const app = document.title
  let before: { readonly heading: HTMLElement; readonly text: string; readonly path: string } | null = null
  let isLoaded = false

  return {
    enter(heading, isPending) {
      const { pathname: path } = location
      const text = heading.textContent.trim()
      if (before?.heading === heading && before.text === text) return
      const isElsewhere = before !== null && before.path !== path
      // loading the first page moves nothing
      const isFirst = !isLoaded && !isElsewhere
      before = { heading, text, path }
      isLoaded ||= !isPending
      document.title = `${text} · ${app}`
      if (isElsewhere) panel.makeWay()
      // a router scrolls by itself, and knows better after Back
      if (!isFirst) catchLostFocus(heading, { preventScroll: isElsewhere })
    },
  }
}
