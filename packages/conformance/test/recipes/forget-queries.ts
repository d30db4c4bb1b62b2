import type { QueryClient } from '@tanstack/react-query' // or '@tanstack/vue-query'

/** Drops what a user has loaded, also what is still under way. What stays on the page is loaded again. */
export function forgetQueries(queries: QueryClient): void {
  queries.getMutationCache().clear()
  for (const query of queries.getQueryCache().getAll()) query.reset()
  // by then the views of the user before are closed, and ask for nothing
  setTimeout(() => queries.refetchQueries({ type: 'active' }))
}
