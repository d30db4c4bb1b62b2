import { parseInTemplate, type Module } from './source.ts'
import { nameOf } from './project.ts'
import { isFrom, type Resolver } from './resolve.ts'
import type { Ask, Place, Resolution, Spot, Use } from './types.ts'

type Template = NonNullable<Module['template']>
type Child = Template['children'][number]
type Element = Extract<Child, { readonly tag: string }>

const binding = /^@authchart\/vue$/
const isElement = (child: Child): child is Element => child.type === 1
const isNothing = (child: Child): boolean => child.type === 3 || (child.type === 2 && child.content.trim() === '')

/** What the template of a component asks around all that it shows. */
export function asksOfTemplate(resolver: Resolver, spot: Spot): Ask[] {
  return spot.module.template ? asksOf(resolver, spot, spot.module.template.children) : []
}

function asksOf(resolver: Resolver, spot: Spot, children: readonly Child[]): Ask[] {
  const [only, ...others] = children.filter((child) => !isNothing(child))
  if (!only || others.length > 0 || !isElement(only) || hasCondition(only)) return []
  const made = componentOf(resolver, spot, only)
  if (!made) return []
  if (made.kind === 'node') return made.spot.path.isProgram() ? asksOfTemplate(resolver, made.spot) : []
  if (isFrom(made, /^vue$/, 'Suspense')) return asksOf(resolver, spot, contentOf(only))
  if (!isFrom(made, binding, 'Protected')) return []
  return [protectedAsk(resolver, spot, only), ...asksOf(resolver, spot, contentOf(only))]
}

/** What a component puts around the pages in it: `<RouterView>`, `<NuxtPage>`, `<slot>`. Null if it has no place for them. */
export function asksAroundSlot(resolver: Resolver, spot: Spot): Ask[] | null {
  const holes: Ask[][] = []
  const look = (children: readonly Child[], around: readonly Ask[]): void => {
    for (const child of children) {
      if (!isElement(child)) {
        if ('branches' in child) for (const branch of child.branches) look(branch.children as Child[], around)
        continue
      }
      if (/^(router-?view|nuxt-?page|slot)$/i.test(child.tag)) holes.push([...around])
      const made = componentOf(resolver, spot, child)
      if (!made || !isFrom(made, binding, 'Protected')) {
        look(child.children, around)
        continue
      }
      look(contentOf(child), [...around, protectedAsk(resolver, spot, child)])
      // what is shown in the place of the content is shown to those who may not see it
      look(
        child.children.filter((part) => isElement(part) && isOtherSlot(part)),
        around,
      )
    }
  }
  look(spot.module.template?.children ?? [], [])
  const [first, ...others] = holes
  if (!first) return null
  const why = 'it shows its pages at more than one place'
  const isOne = others.every((other) => JSON.stringify(other) === JSON.stringify(first))
  return isOne ? first : [{ kind: 'unread', by: 'view', why, place: placeIn(resolver, spot, null) }]
}

function hasCondition({ props }: Element): boolean {
  return props.some(({ name }) => ['if', 'else', 'else-if', 'for'].includes(name))
}

const isOtherSlot = (part: Element): boolean =>
  part.tag === 'template' &&
  part.props.some((prop) => prop.type === 7 && prop.name === 'slot' && slotName(prop) !== 'default')

const slotName = ({ arg }: { readonly arg?: unknown }): string =>
  (arg as { content?: string } | undefined)?.content ?? 'default'

/** The children of an element without what stands in its other slots. */
function contentOf({ children }: Element): Child[] {
  return children
    .filter((child) => !isElement(child) || !isOtherSlot(child))
    .flatMap((child) =>
      isElement(child) && child.tag === 'template' && !hasCondition(child) ? (child.children as Child[]) : [child],
    )
}

/** What the tag of an element stands for in the script. */
function componentOf(resolver: Resolver, spot: Spot, { tag }: Element): Resolution | null {
  const pascal = tag.replaceAll(/(^|-)(\w)/g, (_, _dash, letter: string) => letter.toUpperCase())
  const camel = pascal.replace(/^\w/, (letter) => letter.toLowerCase())
  const name = [tag, pascal, camel].find((each) => spot.module.program.scope.hasOwnBinding(each))
  if (name) return resolver.resolveName(spot, name)
  return pascal === 'Suspense' ? { kind: 'external', source: 'vue', name: 'Suspense' } : null
}

const placeIn = (resolver: Resolver, { module }: Spot, element: Element | null): Place => ({
  file: nameOf(resolver.project.root, module.file),
  line: element?.loc.start.line ?? 1,
})

function protectedAsk(resolver: Resolver, spot: Spot, element: Element): Ask {
  const place = placeIn(resolver, spot, element)
  if (!hasGuard(element)) return { kind: 'user', by: 'view', place }
  const name = guardOf(element)
  if (name !== null) return { kind: 'guard', by: 'view', name, place }
  return { kind: 'unread', by: 'view', why: 'which guard it asks: it is computed', place }
}

function hasGuard({ props }: Element): boolean {
  return props.some(
    (prop) =>
      prop.name === 'guard' || (prop.type === 7 && prop.name === 'bind' && ['guard', undefined].includes(slotOf(prop))),
  )
}

const slotOf = ({ arg }: { readonly arg?: unknown }): string | undefined =>
  (arg as { content?: string } | undefined)?.content

/** The guard that an element names in `guard`, `:guard` or `v-can`. */
function guardOf({ props }: Element, name = 'guard'): string | null {
  for (const prop of props) {
    if (prop.type === 6 && prop.name === name) return prop.value?.content ?? null
    const isIt = prop.type === 7 && (prop.name === name || (prop.name === 'bind' && slotOf(prop) === name))
    if (!isIt || !prop.exp || !('content' in prop.exp)) continue
    const value = parseInTemplate(prop.exp.content)
    const first = value?.type === 'ArrayExpression' ? value.elements[0] : value
    return first?.type === 'StringLiteral' ? first.value : null
  }
  return null
}

/** The guards that the template asks: `<Protected>`, `<Can>` and `v-can`. */
export function usesInTemplate(resolver: Resolver, spot: Spot): Use[] {
  const uses: Use[] = []
  const look = (children: readonly Child[]): void => {
    for (const child of children) {
      if (!isElement(child)) continue
      const place = placeIn(resolver, spot, child)
      const made = componentOf(resolver, spot, child)
      const isGate = made && (isFrom(made, binding, 'Protected') || isFrom(made, binding, 'Can'))
      if (isGate && hasGuard(child)) uses.push({ guard: guardOf(child), place })
      if (child.props.some(({ type, name }) => type === 7 && name === 'can'))
        uses.push({ guard: guardOf(child, 'can'), place })
      look(child.children)
    }
  }
  look(spot.module.template?.children ?? [])
  return uses
}
