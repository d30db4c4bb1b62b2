// The next version: `changeset version` counts it, and what the changesets say goes into CHANGELOG.md below it. The packages
// have one version and one changelog, so that a user looks in one place.
import { spawnSync } from 'node:child_process'
import { globSync, readFileSync, writeFileSync } from 'node:fs'

const kinds = ['Breaking', 'New', 'Fixed'] as const
type Kind = (typeof kinds)[number]

/** Below each heading, what stands there. */
function sectionsOf(body: string): Map<Kind, string> {
  const [, ...parts] = body.split(/^### /m)
  return new Map(
    parts.map((part) => {
      const end = part.indexOf('\n')
      const kind = kinds.find((name) => name === part.slice(0, end).trim())
      if (!kind) throw new Error(`"### ${part.slice(0, end)}" is none of the headings ${kinds.join(', ')}`)
      return [kind, part.slice(end).trim()]
    }),
  )
}

function readChangeset(path: string): Map<Kind, string> {
  const sections = sectionsOf(readFileSync(path, 'utf8').replace(/^---\n[\s\S]*?\n---\n/, ''))
  if (sections.size === 0)
    throw new Error(`${path} has none of the headings ${kinds.map((kind) => `### ${kind}`).join(', ')}`)
  return sections
}

const changesets = globSync('.changeset/*.md')
  .filter((path) => !path.endsWith('README.md'))
  .toSorted()
  .map(readChangeset)
if (changesets.length === 0) throw new Error('There is no changeset, and so no next version.')

const changelog = readFileSync('CHANGELOG.md', 'utf8')
const [, head = '', unreleased = '', older = ''] =
  /^([\s\S]*?\n)(?:## Unreleased\n([\s\S]*?))?(## \d[\s\S]*)$/.exec(changelog) ?? []
if (older === '') throw new Error('CHANGELOG.md should have a section with a version')

const { status } = spawnSync('changeset', ['version'], { stdio: 'inherit' })
if (status !== 0) throw new Error('changeset version has failed')
const { version } = JSON.parse(readFileSync('packages/core/package.json', 'utf8')) as { readonly version: string }

const sections = kinds.flatMap((kind) => {
  const items = [sectionsOf(unreleased), ...changesets].flatMap((told) => told.get(kind) ?? [])
  return items.length === 0 ? [] : [`### ${kind}\n\n${items.join('\n')}\n`]
})
writeFileSync('CHANGELOG.md', `${head}## ${version}\n\n${sections.join('\n')}\n${older}`)
console.log(`CHANGELOG.md tells what is in ${version}`)
