import { onTestFinished } from 'vitest'
import type { browserStorage } from '../../src/storage/browser.ts'
import type { browserNetwork } from '../../src/ports/network.ts'
import type { browserTabs } from '../../src/ports/tabs.ts'

interface Parts {
  readonly browserStorage: typeof browserStorage
  readonly browserTabs: typeof browserTabs
  readonly browserNetwork: typeof browserNetwork
}

/** Another document of this origin, with globals, connections and locks of its own. */
export interface OtherTab extends Parts {
  readonly navigator: Navigator
  close(): void
}

export async function openTab(): Promise<OtherTab> {
  const frame = document.createElement('iframe')
  const url = (path: string) => new URL(path, import.meta.url).href
  frame.srcdoc = `<script type="module">
    import { browserStorage } from '${url('../../src/storage/browser.ts')}'
    import { browserTabs } from '${url('../../src/ports/tabs.ts')}'
    import { browserNetwork } from '${url('../../src/ports/network.ts')}'
    frameElement.dispatchEvent(new CustomEvent('ready', { detail: { browserStorage, browserTabs, browserNetwork } }))
  </script>`
  const ready = new Promise<Parts>((resolve) => {
    frame.addEventListener('ready', (event) => resolve((event as CustomEvent<Parts>).detail), { once: true })
  })
  const close = () => frame.remove()
  onTestFinished(close)
  document.body.append(frame)
  return { ...(await ready), navigator: frame.contentWindow!.navigator, close }
}

/** A promise and how to settle it. */
export function gate<T = void>() {
  let open: (value: T) => void = () => {}
  const passed = new Promise<T>((resolve) => {
    open = resolve
  })
  return { open, passed }
}
