/**
 * The control: "take a Web Lock, read localStorage again, refresh if it is still the old one, write localStorage".
 * Written as well as that recipe can be; it spends tokens twice all the same, in a full browser.
 */
const KEY = 'control'

interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
  /** Counts the renewals, so that the campaign can wait until every tab has seen the last one. */
  readonly serial: number
}

const read = (): Tokens => JSON.parse(localStorage.getItem(KEY) ?? '{}') as Tokens

export interface Recipe {
  readonly api: string
  readonly headers: Readonly<Record<string, string>>
  readonly tab: string
}

export async function fetchNaively(recipe: Recipe, path: string): Promise<Response> {
  const used = read()
  const answer = await send(recipe, path, used)
  if (answer.status !== 401) return answer
  await navigator.locks.request(KEY, async () => {
    const stored = read()
    // another tab was faster
    if (stored.accessToken !== used.accessToken) return
    await post(recipe, '/v1/auth/refresh', { refreshToken: stored.refreshToken }, stored.serial)
  })
  return send(recipe, path, read())
}

export async function signInNaively(recipe: Recipe, email: string, password: string): Promise<number> {
  const serial = (read().serial ?? 0) + 1
  await post(recipe, '/v1/auth/email/signin', { method: 'password', email, password }, serial - 1)
  return serial
}

/** Resolves once this tab sees that record, or a later one. */
export function seesSerial(serial: number): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!(read().serial >= serial)) return
      removeEventListener('storage', look)
      resolve()
    }
    addEventListener('storage', look)
    look()
  })
}

async function post({ api, headers, tab }: Recipe, path: string, body: object, serial: number): Promise<void> {
  const answer = await fetch(`${api}${path}?tab=${tab}`, {
    method: 'POST',
    headers: { ...headers, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!answer.ok) return
  const { accessToken, refreshToken } = (await answer.json()) as Tokens
  localStorage.setItem(KEY, JSON.stringify({ accessToken, refreshToken, serial: serial + 1 } satisfies Tokens))
}

function send({ api, headers, tab }: Recipe, path: string, { accessToken }: Tokens): Promise<Response> {
  return fetch(`${api}${path}?tab=${tab}`, { headers: { ...headers, Authorization: `Bearer ${accessToken}` } })
}
