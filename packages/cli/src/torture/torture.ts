import type { TortureAdapter } from './adapter.ts'
import { perform } from './stage.ts'
import { stories, type Story } from './stories.ts'

/** What became of one story. */
export interface Verdict {
  readonly story: string
  /** Null: the client survives it. */
  readonly problem: string | null
}

const SECRETS = 'no token and no password is printed'

/** Every story, each in a world of its own. */
export async function torture(adapter: TortureAdapter, told: readonly Story[] = stories): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = []
  let leak: string | null = null
  for (const { name, tell } of told) {
    const { problem, isPrinted } = await perform(adapter, tell)
    verdicts.push({ story: name, problem })
    if (isPrinted) leak ??= `a secret was printed in: ${name}`
  }
  return [...verdicts, { story: SECRETS, problem: leak }]
}
