import { diffChars } from 'diff'
import { statesIn, type Chart } from './chart.ts'
import { Problem } from '../problem.ts'

/** The state that a name means: `session.authenticated.refreshing`, or any end of that which no other state has. */
export function findState({ root }: Chart, name: string): string {
  const known = root.children.flatMap(statesIn).map(({ id }) => id)
  if (known.includes(name)) return name
  const found = known.filter((id) => id.endsWith(`.${name}`) || `${root.id}.${id}` === name)
  const [only] = found
  if (only !== undefined && found.length === 1) return only
  if (only !== undefined) throw new Problem(`"${name}" may be ${inWords(found)}. Say more of the name.`)
  const list = known.map((id) => `  ${id}`).join('\n')
  const nearest = nearestTo(name, known)
  throw new Problem(
    `There is no state "${name}".${nearest === null ? '' : ` Did you mean "${nearest}"?`} The states are:\n${list}`,
  )
}

const inWords = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(' or ')

/** By the letters that differ, with or without what stands before the name. */
function nearestTo(name: string, known: readonly string[]): string | null {
  const distanceOf = (id: string): number => {
    const parts = id.split('.')
    return Math.min(...parts.map((_, index) => difference(name, parts.slice(index).join('.'))))
  }
  const [nearest] = known.map((id) => ({ id, distance: distanceOf(id) })).toSorted((a, b) => a.distance - b.distance)
  return nearest && nearest.distance <= name.length ? nearest.id : null
}

const difference = (one: string, other: string): number =>
  diffChars(one.toLowerCase(), other.toLowerCase()).reduce(
    (sum, { added, removed, value }) => (added || removed ? sum + value.length : sum),
    0,
  )
