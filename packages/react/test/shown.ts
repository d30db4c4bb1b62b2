import { flushSync } from 'react-dom'

/** What is on the screen, once React has taken in everything that happened. */
export function shown({ container }: { container: HTMLElement }): string | null {
  flushSync(() => {})
  return container.textContent
}
