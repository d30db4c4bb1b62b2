interface GraphQLAnswer {
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[]
}

/** For a client's `isRefused`: a GraphQL server may refuse a token with the status 200. It gets a copy of the answer. */
export async function isRefused(response: Response): Promise<boolean> {
  if (response.status === 401) return true
  if (!response.url.endsWith('/graphql') || !response.headers.get('content-type')?.includes('json')) return false
  const { errors = [] } = (await response.json()) as GraphQLAnswer
  return errors.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED')
}
