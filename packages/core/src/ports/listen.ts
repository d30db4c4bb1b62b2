/**
 * Listens on the window or worker, where there is one (Node has none). Returns how to stop. Capturing, because some
 * events of the document (resume) do not bubble up to the window.
 */
export function listen(types: readonly string[], listener: (event: Event) => void): () => void {
  for (const type of types) globalThis.addEventListener?.(type, listener, { capture: true })
  return () => {
    for (const type of types) globalThis.removeEventListener?.(type, listener, { capture: true })
  }
}
