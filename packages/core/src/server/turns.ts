/** Runs work one at a time under each key, in the order in which it came. */
export type InTurn = <T>(key: string, work: () => Promise<T>) => Promise<T>

export function createTurns(): InTurn {
  const queues = new Map<string, Promise<unknown>>()
  return async (key, work) => {
    const before = queues.get(key)
    const turn = (before ?? Promise.resolve()).then(work)
    const done = turn.then(
      () => {},
      () => {},
    )
    queues.set(key, done)
    void done.then(() => {
      if (queues.get(key) === done) queues.delete(key)
    })
    return turn
  }
}
