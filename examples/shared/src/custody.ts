/** Where the demo keeps the session. */
export type Custody = 'browser' | 'worker' | 'cookie' | 'proxy'

export const custodyWords: Readonly<Record<Custody, string>> = {
  browser: 'Both tokens in the browser',
  worker: 'Renewals in a worker',
  cookie: 'Refresh token in a cookie',
  proxy: 'No token in the browser',
}

const KEY = 'authchart-demo:custody'

/** As it was chosen last; at first, in the browser. */
export function recallCustody(): Custody {
  try {
    const found = localStorage.getItem(KEY)
    return found !== null && Object.hasOwn(custodyWords, found) ? (found as Custody) : 'browser'
  } catch {
    return 'browser'
  }
}

/** An auth is made for one way, so the page begins anew. */
export function chooseCustody(custody: Custody): void {
  try {
    localStorage.setItem(KEY, custody)
  } catch {
    return // it could not be told to the page that comes
  }
  location.reload()
}
