import { fileURLToPath } from 'node:url'
import { defineConfig, type UserConfig } from 'vitepress'
import { diagrams } from './diagrams.ts'
import { linksOfTheRepository, repository } from './links.ts'
import { sidebar } from './sidebar.ts'

type Plugin = Extract<NonNullable<NonNullable<UserConfig['vite']>['plugins']>[number], { readonly name: string }>

const here = fileURLToPath(new URL('config.ts', import.meta.url))

/** A guide is a file outside this folder, and would look for Vue in the packages of the repository. */
const packagesOfTheSite: Plugin = {
  name: 'packages-of-the-site',
  enforce: 'pre',
  resolveId(id, importer) {
    const isGuide = importer?.endsWith('.md') === true && /^vue($|\/)/.test(id)
    return isGuide ? this.resolve(id, here, { skipSelf: true }) : null
  },
}

/** The picture of the whole chart keeps its size, so that it can be read, and is pushed aside where it has no room. */
const wholeChart = `.vp-doc picture:has(img[src*='lifecycle']) { display: block; overflow-x: auto }
.vp-doc img[src*='lifecycle'] { max-width: none }`

/** On a phone a table is pushed aside. What its rows are about would take a line for each word. */
const readableTables = '.vp-doc td:first-child { min-width: 9rem }'

/** The demo below the cards of the first page. */
const demo = '.VPHome picture { display: block; margin-top: 3rem }'

export default defineConfig({
  title: 'Authchart',
  description: 'Sign-in for web apps, without the random sign-outs: the whole auth lifecycle as one statechart.',
  lang: 'en',
  // the guides are the files of `docs`, which GitHub shows as well: there is no copy of them
  srcDir: '..',
  srcExclude: ['*.md', '{packages,examples,.changeset,.github,.ci}/**', 'website/{node_modules,.vitepress}/**'],
  rewrites: {
    'docs/:page': ':page',
    'website/pages/:page': ':page',
    'website/api/:path*': 'api/:path*',
  },
  cleanUrls: true,
  ignoreDeadLinks: false,
  head: [
    ['link', { rel: 'icon', type: 'image/svg+xml', href: '/icon.svg' }],
    ['style', {}, wholeChart + readableTables + demo],
  ],
  vite: {
    publicDir: 'website/public',
    plugins: [packagesOfTheSite],
  },
  markdown: {
    theme: { light: 'github-light-high-contrast', dark: 'github-dark' },
    config(markdown) {
      linksOfTheRepository(markdown)
      diagrams(markdown)
    },
  },
  transformPageData({ relativePath, frontmatter }) {
    // written by TypeDoc
    if (relativePath.startsWith('api/')) frontmatter['editLink'] = false
  },
  themeConfig: {
    logo: { src: '/icon.svg', alt: '' },
    nav: [
      { text: 'Start', link: '/start', activeMatch: '^/(start|setup|react|vue|next|nuxt|typescript)$' },
      { text: 'Concepts', link: '/machine', activeMatch: '^/(machine|refresh|security)$' },
      { text: 'Options', link: '/options' },
      { text: 'Errors', link: '/errors' },
      { text: 'API', link: '/api/@authchart/core', activeMatch: '^/api/' },
    ],
    sidebar,
    outline: { level: [2, 3] },
    search: {
      provider: 'local',
      // a guide says more than a type of the same name
      options: { miniSearch: { searchOptions: { boostDocument: (id: string) => (id.includes('/api/') ? 0.2 : 1) } } },
    },
    socialLinks: [{ icon: 'github', link: repository }],
    editLink: { pattern: `${repository}/edit/main/:path`, text: 'Improve this page' },
    footer: { message: 'MIT' },
  },
})
