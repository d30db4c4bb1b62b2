import type { Auth } from '@authchart/core'

type Tokens = Pick<Auth, 'getAccessToken' | 'onToken' | 'subscribe'>

/** A socket while a user is signed in. A new access token opens a new one. Returns how to stop. */
export function openSocket(auth: Tokens, url: string, onText: (text: string) => void): () => void {
  let socket: WebSocket | null = null
  let turn = 0

  function close(): void {
    turn += 1
    socket?.close()
    socket = null
  }

  async function connect(): Promise<void> {
    close()
    const own = turn
    // why there is no token is in the state, which the page shows
    const token = await auth.getAccessToken().catch(() => null)
    if (token === null || own !== turn) return
    const opened = new WebSocket(url)
    socket = opened
    // in the first message: an address is written to logs
    opened.onopen = () => opened.send(JSON.stringify({ token }))
    opened.onmessage = ({ data }) => own === turn && onText(String(data))
  }

  const stopTokens = auth.onToken(() => void connect())
  const stopStates = auth.subscribe(({ user }) => user ?? close())
  void connect()
  return () => {
    stopTokens()
    stopStates()
    close()
  }
}
