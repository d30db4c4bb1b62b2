import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { run } from '../frameworks/run.ts'
import { blankNuxt } from './blank-nuxt.ts'

export type Kind = 'react' | 'vue' | 'next' | 'nuxt'

export type Manager = 'npm' | 'pnpm'

/** npm as most do, and pnpm, which hides from an app what its package.json does not name. */
export const managers: Readonly<Record<Kind, Manager>> = { react: 'npm', vue: 'pnpm', next: 'pnpm', nuxt: 'pnpm' }

/** Makes the blank app of a kind in a new folder, as its own generator does. */
export async function makeBlank(kind: Kind, parent: string): Promise<string> {
  await generators[kind](parent, kind)
  const folder = join(parent, kind)
  if (managers[kind] === 'pnpm')
    await writeFile(join(folder, 'pnpm-workspace.yaml'), workspaces[kind] ?? 'packages: [.]\npmOnFail: ignore\n')
  return folder
}

/** What pnpm asks of an app whose packages have scripts. */
const workspaces: Partial<Readonly<Record<Kind, string>>> = {
  next: 'packages: [.]\npmOnFail: ignore\nallowBuilds: { sharp: false }\n',
  // Nuxt 4.5.2 does not build with Vite 8.4
  nuxt: "packages: [.]\npmOnFail: ignore\noverrides: { vite: 8.3.8 }\nallowBuilds: { '@parcel/watcher': false, esbuild: false }\n",
}

const vite = 'npm create --yes vite@9.3.0 --'

const generators: Readonly<Record<Kind, (parent: string, name: string) => Promise<unknown>>> = {
  react: (parent, name) => run(`${vite} ${name} --template react-ts --no-interactive`, parent),
  vue: (parent, name) => run(`${vite} ${name} --template vue-ts --no-interactive`, parent),
  next: (parent, name) =>
    run(
      `npx --yes create-next-app@16.4.3 ${name} --yes --empty --ts --app --src-dir --no-tailwind --no-linter --use-pnpm --disable-git --skip-install`,
      parent,
    ),
  async nuxt(parent, name) {
    for (const [path, text] of Object.entries(blankNuxt)) {
      await mkdir(dirname(join(parent, name, path)), { recursive: true })
      await writeFile(join(parent, name, path), text)
    }
  },
}
