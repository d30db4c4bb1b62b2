/** Before a test replaces it. */
const { setTimeout } = globalThis

/** Lets everything finish that needs no time: promises, and what they lead to. */
export function drain(): Promise<void> {
  return new Promise((resolve) => {
    // Jest's jsdom has none
    if (typeof MessageChannel === 'undefined') return void setTimeout(resolve)
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })
}
