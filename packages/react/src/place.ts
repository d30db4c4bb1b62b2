/** Where a guard of React Router is asked. */
export interface Place {
  readonly request: Request
  readonly url?: URL
}

/** What a location and an address have in common. */
interface Path {
  readonly pathname: string
  readonly search: string
}

/** The path within the app. The router writes the query of `url` anew, and has the hash nowhere else. */
export const pathOf = ({ request, url }: Place, basename: string): string =>
  within(request.url.slice(new URL(request.url).origin.length) + (url?.hash ?? ''), basename)

export const within = (path: string, basename: string): string => `/${path.slice(basename.length).replace(/^\//, '')}`

/** It is the page that is open. */
export const isOpen = ({ request }: Place, { pathname, search }: Path): boolean =>
  request.url === new URL(pathname + search, request.url).href
