import { createStore, type WritableStore } from './store.ts'

const KEY = 'authchart-demo:panel'

/** Whether the chart panel is open: as it was left, else where the screen is wide enough for both. */
export const panel: WritableStore<'open' | 'closed'> = createPanel()

function createPanel(): WritableStore<'open' | 'closed'> {
  const store = createStore(recall() ?? (matchMedia('(min-width: 64rem)').matches ? 'open' : 'closed'))
  return {
    ...store,
    set(next) {
      store.set(next)
      try {
        localStorage.setItem(KEY, next)
      } catch {
        // then it is not remembered
      }
    },
  }
}

function recall(): 'open' | 'closed' | null {
  try {
    const kept = localStorage.getItem(KEY)
    return kept === 'open' || kept === 'closed' ? kept : null
  } catch {
    return null
  }
}
