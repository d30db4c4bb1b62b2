import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { run } from '../frameworks/run.ts'
import { blankNuxt } from './blank-nuxt.ts'

export type Kind = 'react' | 'vue' | 'next' | 'nuxt'

/** Makes the blank app of a kind in a new folder, as its own generator does. */
export async function makeBlank(kind: Kind, parent: string): Promise<string> {
  await generators[kind](parent, kind)
  return join(parent, kind)
}

const vite = 'npm create --yes vite@9.3.0 --'

const generators: Readonly<Record<Kind, (parent: string, name: string) => Promise<unknown>>> = {
  react: (parent, name) => run(`${vite} ${name} --template react-ts --no-interactive`, parent),
  vue: (parent, name) => run(`${vite} ${name} --template vue-ts --no-interactive`, parent),
  next: (parent, name) =>
    run(
      `npx --yes create-next-app@16.4.3 ${name} --yes --empty --ts --app --src-dir --no-tailwind --no-linter --use-npm --disable-git --skip-install`,
      parent,
    ),
  async nuxt(parent, name) {
    for (const [path, text] of Object.entries(blankNuxt)) {
      await mkdir(dirname(join(parent, name, path)), { recursive: true })
      await writeFile(join(parent, name, path), text)
    }
  },
}
