/** What a page says with numbers in it, and how it is known to be true. */
import { readFile } from '../documents.ts'

interface Said {
  /** Below `docs`, without its ending. */
  readonly page: string
  /** The words of the page. Its groups are the numbers that are compared. */
  readonly says: RegExp
}

/** The numbers are those of the code. Durations are in milliseconds. */
export interface Held extends Said {
  readonly are: () => readonly number[] | Promise<readonly number[]>
}

/** The numbers were seen in a run that takes too long for a test. The command stands in the same section, to repeat it. */
export interface Measured extends Said {
  readonly by: string
  /** What the command is told, in its own files: how many, of what. */
  readonly are?: () => readonly number[]
}

/** The numbers are those of a standard, or of another product. */
export interface Foreign extends Said {
  readonly of: string
}

const words = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten']

const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  second: 1000,
  seconds: 1000,
  minute: 60_000,
  minutes: 60_000,
  hour: 3_600_000,
  days: 86_400_000,
}

/** "two minutes" is 120000, "1,000" is 1000. */
export function numberIn(said: string): number {
  const [amount = '', unit] = said.split(' ')
  const word = words.indexOf(amount)
  const number = word === -1 ? Number(amount.replaceAll(',', '')) : word
  return unit === undefined ? number : number * (units[unit] ?? Number.NaN)
}

/** The value of a constant, as the source says it. */
export function constantIn(path: string, name: string): number {
  const [, value = ''] = new RegExp(`^(?:export )?const ${name} = (.+)$`, 'm').exec(readFile(path)) ?? []
  const factors = value.split(' * ').map((factor) => Number(factor.replaceAll('_', '')))
  return value === '' ? Number.NaN : factors.reduce((product, factor) => product * factor, 1)
}

/** The numbers in the parts of a source that a pattern picks out. */
export function numbersIn(path: string, pattern: RegExp): readonly number[] {
  const [, ...parts] = pattern.exec(readFile(path)) ?? []
  return parts.map((part) => Number(part.replaceAll('_', '')))
}

/** A page without what stands in code, in links and in its pictures: blank, and as long as it was. */
export function proseOf(page: string): string {
  const blank = (text: string): string => text.replaceAll(/[^\n]/g, ' ')
  return readFile(`docs/${page}.md`)
    .replaceAll(/```[\s\S]*?```/g, blank)
    .replaceAll(/`[^`\n]*`/g, blank)
    .replaceAll(/\]\([^)]*\)/g, blank)
    .replaceAll(/<[^>]*>/g, blank)
}

const statuses = '20[04]|40[013489]|419|429|50[0234]'
const ours = '(?:milliseconds|seconds|minutes|hours|days|lines|reloads)'

/** Where a number stands that says something: how long, how many, how large, which version. */
export function numbersOf(prose: string): readonly { readonly at: number; readonly text: string }[] {
  const spelled = `\\b(?:${words.slice(1).join('|')}|twenty|half an?) (?:${ours}|second|minute|hour|day)\\b`
  const status = `(?:${statuses})\\b(?! ${ours})`
  const found = prose.matchAll(new RegExp(`${spelled}|(?<![\\w.,§/])(?!${status})\\d+(?:[.,]\\d+)*(?!xx)`, 'gi'))
  return Array.from(found, ({ 0: text, index }) => ({ at: index, text })).filter(({ at }) => !isName(prose, at))
}

/** The number of an item, of a step or of a standard. */
function isName(prose: string, at: number): boolean {
  const before = prose.slice(Math.max(0, at - 20), at)
  const isItem = /(?:^|\n)\s*(?:\*\*)?$/.test(before) && /^\d+\. /.test(prose.slice(at))
  return isItem || /(?:RFC|step|points(?: 1 to)?)\s$/.test(before)
}
