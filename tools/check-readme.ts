// Compiles the code of the READMEs and of the guides as it would be pasted: React with tsc, Vue with vue-tsc.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

interface Program {
  readonly document: string
  /** The workspace package whose dependencies it has. */
  readonly home: string
  readonly compiler: string
  readonly files: Readonly<Record<string, string>>
}

/** Programs of one home and compiler that register no auth are compiled at once, each in a folder of its own. */
type Batch = readonly Program[]

const blocksOf = (document: string) =>
  [...readFileSync(document, 'utf8').matchAll(/```(tsx?|vue)\n([\s\S]*?)```/g)].map(([, language, code]) => ({
    language,
    code: code ?? '',
  }))
const blocks = blocksOf('README.md')
const only = (language: string, words: string): string => {
  const found = blocks.filter((block) => block.language === language && block.code.includes(words))
  if (found.length !== 1)
    throw new Error(`README.md should have one block of ${language} with "${words}", not ${found.length}`)
  return found[0]?.code ?? ''
}

/** A guide whose blocks import the auth of the app. */
function recipes(): Program {
  const program = guide('docs/recipes.md', 'packages/conformance', 'tsc')
  const auth = `import { createAuth } from '@authchart/core'
import { bkend } from '@authchart/core/bkend'
export const auth = createAuth({ client: bkend({ publishableKey: 'pk_…' }) })
`
  return { ...program, files: { ...program.files, 'auth.ts': auth } }
}

/** The pages of the skill stand beside the messages that `authchart setup` writes. */
function skill(): Program {
  const program = guide(
    ['skills/authchart/SKILL.md', 'skills/authchart/references/account.md'],
    'packages/react',
    'tsc',
  )
  const messages = readFileSync('packages/cli/templates/shared/messages.ts', 'utf8')
  return { ...program, files: { ...program.files, 'messages.ts': messages } }
}

/**
 * All blocks of these guides are one program; each says in its first line which file it is. A guide with several frameworks is
 * several programs: `isPart` says which files belong to this one.
 */
function guide(
  documents: string | readonly string[],
  home: string,
  compiler: string,
  isPart: (name: string) => boolean = () => true,
): Program {
  const document = [documents].flat().join(', ')
  const files = [documents]
    .flat()
    .flatMap(blocksOf)
    .map(({ code }): [string, string] => {
      const [, name] = /^(?:\/\/|<!--) ([\w.-]+)/.exec(code) ?? []
      if (!name) throw new Error(`${document}: a block should begin with the name of its file: ${code.slice(0, 60)}`)
      return [name, code]
    })
    .filter(([name]) => isPart(name))
  if (new Set(files.map(([name]) => name)).size !== files.length) throw new Error(`${document} has a file twice`)
  return { document, home, compiler, files: Object.fromEntries(files) }
}

const programs: Program[] = [
  guide('docs/react.md', 'packages/react', 'tsc'),
  guide('docs/vue.md', 'examples/vue', 'vue-tsc'),
  guide(['docs/errors.md', 'docs/machine.md', 'packages/core/README.md'], 'packages/conformance', 'tsc'),
  guide('docs/typescript.md', 'packages/conformance', 'tsc'),
  guide('docs/flow.md', 'packages/conformance', 'tsc'),
  guide('docs/torture.md', 'packages/conformance', 'tsc'),
  guide('docs/world.md', 'packages/conformance', 'tsc', (name) => name !== 'session.spec.ts'),
  guide('docs/world.md', 'examples/e2e', 'tsc', (name) => name === 'session.spec.ts'),
  guide('docs/cookie.md', 'packages/conformance', 'tsc'),
  guide('docs/worker.md', 'packages/conformance', 'tsc'),
  guide('docs/cookie-stores.md', 'packages/conformance', 'tsc'),
  guide('docs/moving.md', 'packages/conformance', 'tsc'),
  guide('docs/ssr.md', 'packages/react', 'tsc', (name) => !name.startsWith('vue-')),
  guide('docs/ssr.md', 'examples/vue', 'vue-tsc', (name) => !name.startsWith('react-')),
  guide(
    'docs/start.md',
    'packages/react',
    'tsc',
    (name) => /^(auth|main|providers)\.tsx?$/.test(name) && name !== 'main.ts',
  ),
  guide('docs/start.md', 'examples/vue', 'vue-tsc', (name) => /^(auth\.ts|page\.ts|main\.ts|App\.vue)$/.test(name)),
  guide('docs/offline.md', 'packages/conformance', 'tsc'),
  guide('docs/backends.md', 'packages/conformance', 'tsc'),
  recipes(),
  skill(),
  guide('docs/roles.md', 'packages/react', 'tsc', (name) => !name.startsWith('vue-')),
  guide('docs/roles.md', 'examples/vue', 'vue-tsc', (name) => /^(auth|vue-router)\.ts$/.test(name)),
  {
    document: 'README.md',
    home: 'packages/react',
    compiler: 'tsc',
    files: {
      'auth.ts': only('ts', 'createAuth'),
      'App.tsx': only('tsx', 'AuthProvider'),
      'SignIn.tsx': 'export const SignIn = () => null',
    },
  },
  {
    document: 'README.md',
    home: 'examples/vue',
    compiler: 'vue-tsc',
    files: {
      'auth.ts': only('ts', 'createAuth'),
      'App.vue': only('vue', '<Protected>'),
      'SignIn.vue': '<template><form /></template>',
    },
  },
  {
    document: 'docs/testing.md',
    home: 'examples/vue',
    compiler: 'vue-tsc',
    // the other blocks there are files of the tests
    files: { 'Menu.vue': blocksOf('docs/testing.md').find(({ language }) => language === 'vue')?.code ?? '' },
  },
]

const keyOf = ({ document, home, compiler, files }: Program): string => {
  const registers = Object.values(files).some((code) => code.includes('interface Register'))
  return [home, compiler, ...(registers ? [document] : [])].join(' ')
}
const batches = new Map<string, Batch>()
for (const program of programs) {
  const key = keyOf(program)
  batches.set(key, [...(batches.get(key) ?? []), program])
}

function compile([first, ...others]: Batch): void {
  if (!first) return
  const { home, compiler } = first
  const folder = join(home, 'node_modules/.cache/readme')
  rmSync(folder, { recursive: true, force: true })
  for (const [index, { files }] of [first, ...others].entries()) {
    mkdirSync(join(folder, String(index)), { recursive: true })
    for (const [name, code] of Object.entries(files)) writeFileSync(join(folder, String(index), name), code)
  }
  const config = { extends: resolve('tsconfig.check.json'), include: ['.'], exclude: [] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  const { status } = spawnSync(
    resolve(compiler === 'tsc' ? '.' : home, 'node_modules/.bin', compiler),
    ['--noEmit', '-p', folder],
    {
      shell: process.platform === 'win32',
      stdio: 'inherit',
    },
  )
  const told = [first, ...others].map(({ document, files }) => `${document}: ${Object.keys(files).join(', ')}`)
  console.log(
    `${told.join('\n')}\n${status === 0 ? 'compiles' : `does not compile (folders by this order in ${folder})`}`,
  )
  if (status !== 0) process.exitCode = 1
}

for (const batch of batches.values()) compile(batch)

// the blocks of these guides are files of an example, which packages/conformance/frameworks builds and opens
for (const name of ['next', 'nuxt']) {
  const document = `docs/${name}.md`
  for (const { code } of blocksOf(document)) {
    const [comment = '', path = ''] = /^(?:\/\/|<!--) ([\w.[\]/-]+).*\n/.exec(code) ?? []
    const file = join('examples', name, path)
    if (path !== '' && existsSync(file) && readFileSync(file, 'utf8') === code.slice(comment.length)) continue
    console.log(`${document}: this block should be a file of examples/${name}: ${code.slice(0, 60)}`)
    process.exitCode = 1
  }
}
