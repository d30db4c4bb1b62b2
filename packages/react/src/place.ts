/** Where a guard of React Router is asked. */
export interface Place {
  readonly request: Request
  readonly url: URL
}

/** The path within the app. The router writes the query of `url` anew; `request` has no hash, and of `file:` the drive. */
export const pathOf = ({ request, url }: Place, basename: string): string =>
  `/${url.pathname.slice(basename.length).replace(/^\//, '')}${new URL(request.url).search}${url.hash}`
