export type { TortureAdapter, TortureClient, TortureTab } from './adapter.ts'
export { torture, type Verdict } from './torture.ts'
export { toMarkdown, toTable } from './table.ts'
