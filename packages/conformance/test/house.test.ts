/** What only GitHub reads is read here as well: a workflow with a mistake in it says nothing until it is needed. */
import { accessSync, constants, globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parse } from 'yaml'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const read = (path: string): string => readFileSync(`${root}/${path}`, 'utf8')
const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: Readonly<Record<string, string>> }

interface Step {
  readonly uses?: string
  readonly run?: string
  readonly with?: Readonly<Record<string, unknown>>
}
interface Job {
  readonly 'runs-on': string
  readonly 'timeout-minutes': number
  readonly needs?: string
  readonly permissions?: Readonly<Record<string, string>>
  readonly steps: readonly Step[]
}
interface Workflow {
  readonly permissions: Readonly<Record<string, string>>
  readonly jobs: Readonly<Record<string, Job>>
}

const workflows = globSync('.github/workflows/*.yml', { cwd: root }).toSorted()
const workflowOf = (path: string) => parse(read(path)) as Workflow
const stepsOf = (path: string) => Object.values(workflowOf(path).jobs).flatMap(({ steps }) => steps)

test('there is a workflow for each change, and one for a release', () => {
  expect(workflows).toEqual(['.github/workflows/ci.yml', '.github/workflows/release.yml'])
})

test.each(workflows)('%s runs scripts and files that exist', (path) => {
  const commands = stepsOf(path).flatMap(({ run = '' }) => run.split('\n'))
  const named = commands.flatMap((command) =>
    Array.from(command.matchAll(/\b(?:npm|pnpm(?:@\d+)?) run ([\w:-]+)/g), ([, name = '']) => name),
  )
  if (commands.some((command) => /\bnpm test\b/.test(command))) named.push('test')
  expect(named.length).toBeGreaterThan(0)
  expect(named.filter((name) => !(name in scripts))).toEqual([])

  const files = commands.flatMap((command) => Array.from(command.matchAll(/(?<=^| )\.\/[\w./-]+/g), ([file]) => file))
  for (const file of files) expect(() => accessSync(`${root}/${file}`, constants.X_OK), file).not.toThrow()
})

test.each(workflows)('%s gives each job no right but those it names, and an end', (path) => {
  const { permissions, jobs } = workflowOf(path)
  expect(Object.values(permissions).filter((right) => right !== 'read')).toEqual([])
  for (const [name, { 'timeout-minutes': minutes, needs, 'runs-on': machine }] of Object.entries(jobs)) {
    expect(minutes, name).toBeGreaterThan(0)
    expect(machine, name).toBe('ubuntu-latest')
    if (needs !== undefined) expect(Object.keys(jobs)).toContain(needs)
  }
})

test.each(workflows)('%s uses actions of GitHub alone, each in a named version', (path) => {
  const uses = stepsOf(path).flatMap((step) => step.uses ?? [])
  expect(uses.filter((action) => !/^actions\/[\w-]+@(v\d+|[0-9a-f]{40})$/.test(action))).toEqual([])
})

test('a release proves which workflow it is, and knows no secret', () => {
  const path = '.github/workflows/release.yml'
  expect(read(path)).not.toMatch(/secrets\.|NPM_TOKEN|NODE_AUTH_TOKEN|registry-url/)
  const rights = Object.entries(workflowOf(path).jobs).map(([name, { permissions }]) => [
    name,
    permissions?.['id-token'],
  ])
  expect(rights).toEqual([
    ['version', undefined],
    ['publish', 'write'],
  ])
})

interface Field {
  readonly type: string
  readonly id?: string
  readonly attributes: { readonly label?: string; readonly value?: string; readonly options?: readonly string[] }
}
interface Form {
  readonly name: string
  readonly description: string
  readonly body: readonly Field[]
}

const forms = globSync('.github/ISSUE_TEMPLATE/*.yml', { cwd: root }).filter((path) => !path.endsWith('config.yml'))

test.each(forms)('%s is a form that GitHub shows', (path) => {
  const { name, description, body } = parse(read(path)) as Form
  expect([name, description]).not.toContain(undefined)
  const fields = body.filter(({ type }) => type !== 'markdown')
  expect(fields.length).toBeGreaterThan(0)
  for (const { type, id, attributes } of fields) {
    expect(['input', 'textarea', 'dropdown', 'checkboxes']).toContain(type)
    expect(attributes.label, id).toBeTypeOf('string')
    if (type === 'dropdown') expect(attributes.options?.length, id).toBeGreaterThan(1)
  }
  expect(new Set(fields.map(({ id }) => id)).size).toBe(fields.length)
})

const libraries = ['@authchart/core', '@authchart/react', '@authchart/vue']
const packages = [...libraries, 'authchart']
const folderOf = (name: string): string =>
  name === 'authchart' ? 'packages/cli' : name.replace('@authchart/', 'packages/')

test('the packages have one version, in the manifests and for a release', () => {
  const versions = packages.map((name) => {
    const folder = folderOf(name)
    return (JSON.parse(read(`${folder}/package.json`)) as { readonly version: string }).version
  })
  expect(new Set(versions).size).toBe(1)
  expect((JSON.parse(read('.changeset/config.json')) as { readonly fixed: unknown }).fixed).toEqual([packages])
})

test('the API reference of the site has each entry of the packages', () => {
  const entries = libraries.flatMap((name) => {
    const folder = folderOf(name)
    const { exports } = JSON.parse(read(`${folder}/package.json`)) as {
      readonly exports: Readonly<Record<string, string | { readonly default: string }>>
    }
    const sources = Object.values(exports).map((target) => (typeof target === 'string' ? target : target.default))
    return sources.filter((path) => /\.tsx?$/.test(path)).map((path) => path.replace('./', `../${folder}/`))
  })
  const { entryPoints } = JSON.parse(read('website/typedoc.json')) as { readonly entryPoints: readonly string[] }
  expect(entryPoints).toEqual(entries)
})

const changesets = globSync('.changeset/*.md', { cwd: root }).filter((path) => !path.endsWith('README.md'))

test('each changeset names packages, and tells under a heading of the changelog what changes', () => {
  for (const path of changesets) {
    const [, front = '', body = ''] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(read(path)) ?? []
    const bumps = Object.entries(parse(front) as Readonly<Record<string, string>>)
    expect(bumps.length, path).toBeGreaterThan(0)
    // until 1.0 a minor version may break
    for (const [name, bump] of bumps)
      expect([packages.includes(name), bump], path).toEqual([true, expect.stringMatching(/^(minor|patch)$/)])
    const [before = '', ...sections] = body.split(/^### /m)
    expect(before.trim(), path).toBe('')
    expect(sections.length, path).toBeGreaterThan(0)
    for (const section of sections) expect(section, path).toMatch(/^(Breaking|New|Fixed)\n\n- /)
  }
})

test('llms.txt names each guide, by the words of the sidebar', () => {
  const guides = globSync('docs/*.md', { cwd: root }).map((path) => path.replaceAll('\\', '/'))
  const named = Array.from(read('llms.txt').matchAll(/\/blob\/main\/(docs\/[\w-]+\.md)\)/g), ([, path]) => path)
  expect(named.toSorted()).toEqual(guides.toSorted())
})

test('the skill has a name and a description, and each file that it names is there', () => {
  const skill = read('skills/authchart/SKILL.md')
  const [, front = ''] = /^---\n([\s\S]*?)\n---\n/.exec(skill) ?? []
  const { name, description } = parse(front) as { readonly name: string; readonly description: string }
  expect(name).toBe('authchart')
  expect(description.length).toBeGreaterThan(100)
  expect(description.length).toBeLessThanOrEqual(1024)
  const named = new Set(Array.from(skill.matchAll(/\]\((references\/[\w-]+\.md)\)/g), ([, path = '']) => path))
  const references = globSync('skills/authchart/references/*.md', { cwd: root })
  expect(Array.from(named, (path) => `skills/authchart/${path}`).toSorted()).toEqual(references.toSorted())
  const pages = [skill, ...references.map(read)].join('\n')
  for (const [, path = ''] of pages.matchAll(/`(docs\/[\w-]+\.md)`/g)) expect(() => read(path), path).not.toThrow()
})
