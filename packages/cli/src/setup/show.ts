import { styleText } from 'node:util'
import { createTwoFilesPatch } from 'diff'
import type { Step } from './plan.ts'

export function bold(text: string): string {
  return style('bold', text)
}

/** Colours are for terminals: a log has none. */
function style(name: Parameters<typeof styleText>[0], text: string): string {
  return process.stdout.isTTY && !process.env['NO_COLOR'] ? styleText(name, text) : text
}

/** What is changed in a file, or the whole of a new one, in the way of `git diff`. A secret is not shown. */
export function diffOf({ path, before, wanted }: Step): string {
  const text = 'text' in wanted ? wanted.text : ''
  const patch = createTwoFilesPatch(before === null ? '/dev/null' : path, path, before ?? '', text, '', '', {
    context: 3,
  })
  return patch
    .split('\n')
    .filter((line) => !line.startsWith('====') && !line.startsWith('Index:'))
    .map((line) => paint(line.replace(/^([+-]\w*SECRET=).+/, '$1…')))
    .join('\n')
    .trimEnd()
}

function paint(line: string): string {
  if (line.startsWith('+++') || line.startsWith('---')) return bold(line)
  if (line.startsWith('+')) return style('green', line)
  if (line.startsWith('-')) return style('red', line)
  return line.startsWith('@@') ? style('cyan', line) : line
}

/** What the user has to do in a file that is theirs. */
export const adviceOf = ({ path, wanted }: Step): string =>
  wanted.is === 'advice'
    ? [bold(`${path} is yours and was left as it is. Add to it:`), ...wanted.lines.map((line) => `    ${line}`)].join(
        '\n',
      )
    : ''
