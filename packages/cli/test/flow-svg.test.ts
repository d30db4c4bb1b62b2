import { fileURLToPath } from 'node:url'
import { authMachine } from '@authchart/core'
import { DOMParser, type Element } from '@xmldom/xmldom'
import { describe, expect, test } from 'vitest'
import type { AnyStateMachine, AnyStateNode } from 'xstate'
import { idOf, transitionsFrom } from '../src/flow/chart.ts'
import { draw } from '../src/flow/command.ts'
import light, { player } from './flow-apps/foreign.ts'

const foreign = fileURLToPath(new URL('flow-apps/foreign.ts', import.meta.url))

/** A file that is not well-formed XML throws. */
function elementsOf(svg: string): readonly Element[] {
  const document = new DOMParser({
    onError: (_, message) => {
      throw new Error(message)
    },
  }).parseFromString(svg, 'image/svg+xml')
  return Array.from(document.getElementsByTagName('*'))
}

const valuesOf = (elements: readonly Element[], name: string): readonly string[] =>
  elements.flatMap((element) => element.getAttribute(name) ?? [])

const nodesOf = (node: AnyStateNode): readonly AnyStateNode[] => [node, ...Object.values(node.states).flatMap(nodesOf)]

const charts: readonly { readonly of: string; readonly machine: AnyStateMachine; readonly only?: string }[] = [
  { of: 'the core', machine: authMachine },
  { of: 'a player', machine: player, only: 'player' },
  { of: 'a light', machine: light, only: 'default' },
]

const drawn = (only: string | undefined): Promise<string> =>
  draw(only === undefined ? undefined : foreign, { format: 'svg', ...(only !== undefined && { export: only }) })

describe.each(charts)('the picture of $of', ({ machine, only }) => {
  const svg = drawn(only)

  test('has every state of the machine once', async () => {
    const states = valuesOf(elementsOf(await svg), 'data-state').filter((id) => id !== machine.id)
    const known = nodesOf(machine.root).slice(1).map(idOf)
    expect(states.toSorted()).toEqual(known.toSorted())
  })

  test('has every transition of the machine, and no other', async () => {
    const elements = elementsOf(await svg).filter((element) => element.hasAttribute('data-from'))
    const arrows = elements.map(
      (element) => `${element.getAttribute('data-from')} > ${element.getAttribute('data-to')}`,
    )
    const known = nodesOf(machine.root).flatMap((node) =>
      transitionsFrom(node).flatMap(({ target = [] }) => target.map((goal) => `${idOf(node)} > ${idOf(goal)}`)),
    )
    expect([...new Set(arrows)].toSorted()).toEqual([...new Set(known)].toSorted())
  })

  test('is named and described, and brings nothing that runs or comes from elsewhere', async () => {
    const text = await svg
    const [root, title, description] = elementsOf(text)
    expect(root?.getAttribute('role')).toBe('img')
    expect([title?.tagName, description?.tagName]).toEqual(['title', 'desc'])
    expect(root?.getAttribute('aria-labelledby')).toBe(
      `${title?.getAttribute('id')} ${description?.getAttribute('id')}`,
    )
    expect(text).not.toMatch(/<script|foreignObject|href=|url\(|@import| on\w+=/)
    expect(text).toContain('prefers-color-scheme:dark')
    expect(text).not.toContain('NaN')
  })

  test('is the same each time', async () => {
    expect(await drawn(only)).toBe(await svg)
  })
})

test('every event, and every guard, can be read on the picture', async () => {
  const text = await draw(undefined, { format: 'svg' })
  const written = elementsOf(text)
    .filter(({ tagName }) => tagName === 'text')
    .map(({ textContent }) => textContent)
  const events = nodesOf(authMachine.root).flatMap((node) => transitionsFrom(node).map(({ eventType }) => eventType))
  for (const event of events) expect(written.some((words) => words?.startsWith(event))).toBe(true)
  expect(written).toContain('access [isAllowed]')
  expect(written).toContain('session.renewed to fresh')
})

test('no text of the picture lies upon another one', async () => {
  const texts = elementsOf(await draw(undefined, { format: 'svg' })).filter(({ tagName }) => tagName === 'text')
  const places = texts.map((text) => `${text.getAttribute('x')} ${text.getAttribute('y')}`)
  expect(new Set(places).size).toBe(places.length)
})

test('the way is marked on the states and the arrows of the picture', async () => {
  const elements = elementsOf(await draw(undefined, { format: 'svg', state: 'refreshing' }))
  const marked = elements.filter((element) => element.getAttribute('class')?.split(' ').includes('way'))
  expect(valuesOf(marked, 'data-state')).toEqual([
    'session',
    'session.restoring',
    'session.authenticated',
    'session.authenticated.fresh',
    'session.authenticated.refreshing',
  ])
  const words = marked.filter(({ tagName }) => tagName === 'text').map(({ textContent }) => textContent)
  expect(new Set(words)).toEqual(new Set(['(1) restore.found', '(2) expiry.due']))
})

test('the page has the picture and the steps, and may load nothing', async () => {
  const page = await draw(undefined, { format: 'html', state: 'refreshing' })
  expect(page).toContain('default-src &apos;none&apos;'.replaceAll('&apos;', "'"))
  expect(page).toContain('<li><code>expiry.due</code>: from <code>session.authenticated.fresh</code>')
  expect(page).toContain('<svg xmlns=')
  expect(page).not.toMatch(/https?:(?!\/\/www\.w3\.org\/2000\/svg")/)
})
