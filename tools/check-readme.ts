// Compiles the code of the README as somebody would paste it: React with tsc, Vue with vue-tsc.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

interface Program {
  /** The workspace package whose dependencies it has. */
  readonly home: string
  readonly compiler: string
  readonly files: Readonly<Record<string, string>>
}

const blocks = [...readFileSync('README.md', 'utf8').matchAll(/```(tsx?|vue)\n([\s\S]*?)```/g)].map(
  ([, language, code]) => ({ language, code: code ?? '' }),
)
const only = (language: string, words: string): string => {
  const found = blocks.filter((block) => block.language === language && block.code.includes(words))
  if (found.length !== 1)
    throw new Error(`README.md should have one block of ${language} with "${words}", not ${found.length}`)
  return found[0]?.code ?? ''
}

const programs: Program[] = [
  { home: 'packages/conformance', compiler: 'tsc', files: { 'main.tsx': only('tsx', 'AuthProvider') } },
  { home: 'packages/conformance', compiler: 'tsc', files: { 'client.ts': only('ts', 'AuthClient') } },
  {
    home: 'examples/vue',
    compiler: 'vue-tsc',
    files: { 'main.ts': only('ts', 'createAuthPlugin'), 'App.vue': only('vue', '<Protected>') },
  },
]

for (const { home, compiler, files } of programs) {
  const folder = join(home, 'node_modules/.cache/readme')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const [name, code] of Object.entries(files)) writeFileSync(join(folder, name), code)
  const config = { extends: resolve('tsconfig.check.json'), include: ['.'], exclude: [] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  const { status } = spawnSync(`pnpm exec ${compiler} --noEmit -p node_modules/.cache/readme`, {
    cwd: home,
    shell: true,
    stdio: 'inherit',
  })
  console.log(`README: ${Object.keys(files).join(', ')} ${status === 0 ? 'compiles' : 'does not compile'}`)
  if (status !== 0) process.exitCode = 1
}
