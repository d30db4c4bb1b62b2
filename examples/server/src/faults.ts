import { z } from 'zod'

/** `before`: the request is not processed. `after`: it is processed, committed, and then answered wrongly. */
export type Phase = 'before' | 'after'

/** Which requests a fault hits. */
export interface FaultMatch {
  /** A path, `*` stands for anything. Default: every path but the control routes. */
  readonly path?: string | undefined
  /** Default: every method. A CORS preflight is never hit. */
  readonly method?: string | undefined
  /** How many requests. Default: 1. */
  readonly times?: number | 'always' | undefined
  readonly when?: Phase | undefined
  /** `false`: the answer carries no CORS headers, like that of a gateway. Default: true. */
  readonly cors?: boolean | undefined
}

export type Fault =
  /** The connection dies without an answer. Default: after the request was processed. */
  | (FaultMatch & { readonly kind: 'drop-next' })
  /** An error answer. Default: 503 before processing; with a known `code`, the status of that code. */
  | (FaultMatch & {
      readonly kind: 'status'
      readonly status?: number | undefined
      readonly code?: string | undefined
      /** Seconds, or the header's text, such as an HTTP date. */
      readonly retryAfter?: number | string | undefined
    })
  /** Waits that many milliseconds, then goes on. Default: before processing. */
  | (FaultMatch & { readonly kind: 'slow'; readonly delay: number })
  /** Waits until this fault is removed, then goes on. Default: before processing. */
  | (FaultMatch & { readonly kind: 'hold' })
  /** An HTML page. Default: 200, before processing. */
  | (FaultMatch & { readonly kind: 'html'; readonly status?: number | undefined })
  /** 204 without a body. Default: before processing. */
  | (FaultMatch & { readonly kind: 'empty' })
  /** The first half of the answer. Always after processing. */
  | (FaultMatch & { readonly kind: 'truncate' })
  /** Default: 307, before processing. */
  | (FaultMatch & { readonly kind: 'redirect'; readonly location: string; readonly status?: number | undefined })

export interface ActiveFault {
  readonly id: string
  readonly fault: Fault
  /** Requests it will still hit. */
  readonly left: number | 'always'
}

/** A fault that a request has run into. */
export interface Hit {
  readonly fault: Fault
  /** How the fault ended: it was removed, or the server was closed. */
  readonly over: Promise<'removed' | 'closed'>
}

export interface Faults {
  readonly add: (fault: Fault) => string
  readonly remove: (id: string) => boolean
  readonly active: () => readonly ActiveFault[]
  /** The faults that meet this request, oldest first, each counted as it is taken. */
  readonly take: (phase: Phase, method: string, path: string) => Generator<Hit>
  readonly reset: () => void
  /** Requests that are held will have no answer. */
  readonly close: () => void
}

const match = {
  path: z.string().max(200).optional(),
  method: z.string().max(20).optional(),
  times: z.union([z.int().positive(), z.literal('always')]).optional(),
  when: z.enum(['before', 'after']).optional(),
  cors: z.boolean().optional(),
}
const BODILESS = [204, 205, 304]
const status = z
  .int()
  .min(200)
  .max(599)
  .refine((value) => !BODILESS.includes(value))
  .optional()
const redirectStatus = z.literal([301, 302, 303, 307, 308]).optional()

export const faultSchema: z.ZodType<Fault> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('drop-next'), ...match }),
  z.strictObject({
    kind: z.literal('status'),
    status,
    code: z.string().max(100).optional(),
    retryAfter: z.union([z.number(), z.string().max(100)]).optional(),
    ...match,
  }),
  z.strictObject({ kind: z.literal('slow'), delay: z.int().min(0).max(600_000), ...match }),
  z.strictObject({ kind: z.literal('hold'), ...match }),
  z.strictObject({ kind: z.literal('html'), status, ...match }),
  z.strictObject({ kind: z.literal('empty'), ...match }),
  z.strictObject({ kind: z.literal('truncate'), ...match, when: z.literal('after').optional() }),
  z.strictObject({ kind: z.literal('redirect'), location: z.string().max(2000), status: redirectStatus, ...match }),
])

interface Entry {
  readonly id: string
  readonly fault: Fault
  left: number
  readonly over: Hit['over']
  readonly end: (how: 'removed' | 'closed') => void
}

export function createFaults(): Faults {
  const entries = new Map<string, Entry>()
  let count = 0

  function add(fault: Fault): string {
    count += 1
    const id = `fault_${count}`
    let end: Entry['end'] = () => {}
    const over = new Promise<'removed' | 'closed'>((resolve) => {
      end = resolve
    })
    const left = fault.times === 'always' ? Infinity : (fault.times ?? 1)
    entries.set(id, { id, fault, left, over, end })
    return id
  }

  function remove(id: string): boolean {
    entries.get(id)?.end('removed')
    return entries.delete(id)
  }

  function* take(phase: Phase, method: string, path: string): Generator<Hit> {
    for (const entry of entries.values()) {
      if (entry.left === 0 || phaseOf(entry.fault) !== phase || !hits(entry.fault, method, path)) continue
      entry.left -= 1
      // a spent fault goes, but for one that holds requests until it is removed
      if (entry.left === 0 && entry.fault.kind !== 'hold') entries.delete(entry.id)
      yield entry
    }
  }

  return {
    add,
    remove,
    take,
    active: () =>
      [...entries.values()].map(({ id, fault, left }) => ({ id, fault, left: left === Infinity ? 'always' : left })),
    reset: () => {
      for (const id of entries.keys()) remove(id)
    },
    close: () => {
      for (const { end } of entries.values()) end('closed')
      entries.clear()
    },
  }
}

function phaseOf({ kind, when }: Fault): Phase {
  if (kind === 'truncate') return 'after'
  return when ?? (kind === 'drop-next' ? 'after' : 'before')
}

function hits(fault: Fault, method: string, path: string): boolean {
  const isMethod = fault.method === undefined || fault.method.toUpperCase() === method
  return isMethod && (fault.path === undefined || matchesPattern(fault.path, path))
}

function matchesPattern(pattern: string, path: string): boolean {
  const source = pattern.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('*', '.*')
  return new RegExp(`^${source}$`).test(path)
}
