interface Issuer {
  readonly issue: () => Tokens
  readonly renew: (refreshToken: string) => Promise<Tokens>
  readonly fetch: typeof fetch
}

interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
  readonly expiresIn: number
}

/** What an app writes by hand: a token in a variable, one renewal at a time, one replay after a 401. */
export function createNaive({ issue, renew, fetch }: Issuer) {
  let session: (Tokens & { readonly ends: number }) | null = null
  let renewing: Promise<void> | null = null

  function set(next: Tokens | null): void {
    session = next && { ...next, ends: Date.now() + next.expiresIn * 1000 }
  }

  function refresh(): Promise<void> {
    renewing ??= renew(session?.refreshToken ?? '')
      .then(set, (error: unknown) => {
        set(null)
        throw error
      })
      .finally(() => (renewing = null))
    return renewing
  }

  return {
    async signIn() {
      set(issue())
    },
    fetch: async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
      if (session && session.ends - Date.now() < 10_000) await refresh()
      const send = (token: string | undefined) => {
        const headers = new Headers(init?.headers)
        if (token) headers.set('authorization', `Bearer ${token}`)
        return fetch(input, { ...init, headers })
      }
      const sent = session?.accessToken
      const response = await send(sent)
      if (response.status !== 401 || !sent) return response
      if (session?.accessToken === sent) await refresh()
      return session ? send(session.accessToken) : response
    },
  }
}
