import { catchLostFocus } from './focus.ts'
import { createStore, type Store } from './store.ts'

/** The chart panel stands beside the page where the screen is wide enough for both. Elsewhere it covers the page. */
export interface Panel extends Store<'open' | 'closed'> {
  readonly toggle: () => void
  /** Closes where it covers the page, and lets go of the focus. */
  readonly makeWay: () => void
}

const KEY = 'authchart-demo:panel'

/** Beside the page it is open, or as it was left. */
export function createPanel(): Panel {
  const beside = matchMedia('(min-width: 64rem)')
  const store = createStore<'open' | 'closed'>(beside.matches && recall() !== 'closed' ? 'open' : 'closed')

  function toggle(): void {
    store.set(store.get() === 'open' ? 'closed' : 'open')
    if (beside.matches) keep(store.get())
  }

  function makeWay(): void {
    if (beside.matches) return
    const { activeElement } = document
    if (activeElement instanceof HTMLElement && activeElement.closest('.panel-body')) activeElement.blur()
    store.set('closed')
  }

  addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape' || beside.matches || store.get() === 'closed') return
    makeWay()
    catchLostFocus(document.querySelector('.panel-bar'))
  })

  return { get: store.get, subscribe: store.subscribe, toggle, makeWay }
}

function recall(): string | null {
  try {
    return localStorage.getItem(KEY)
  } catch {
    return null
  }
}

function keep(state: string): void {
  try {
    localStorage.setItem(KEY, state)
  } catch {
    // then it is not remembered
  }
}
