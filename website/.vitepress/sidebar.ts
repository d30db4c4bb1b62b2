import type { DefaultTheme } from 'vitepress'

const entry = (name: string): DefaultTheme.SidebarItem => ({ text: name, link: `/api/@authchart/${name}` })

export const sidebar: DefaultTheme.Sidebar = [
  {
    text: 'Getting started',
    items: [
      { text: 'The first page', link: '/start' },
      { text: 'By one command', link: '/setup' },
      { text: 'React', link: '/react' },
      { text: 'Vue', link: '/vue' },
      { text: 'Next.js', link: '/next' },
      { text: 'Nuxt', link: '/nuxt' },
      { text: 'Plain TypeScript', link: '/typescript' },
    ],
  },
  {
    text: 'Concepts',
    items: [
      { text: 'The chart', link: '/machine' },
      { text: 'How a refresh token is spent', link: '/refresh' },
      { text: 'Where the session lives', link: '/security' },
      { text: 'What happens when …', link: '/what-happens' },
    ],
  },
  {
    text: 'Guides',
    items: [
      { text: 'Roles and guards', link: '/roles' },
      { text: 'Server rendering', link: '/ssr' },
      { text: 'Moving in', link: '/moving' },
      { text: 'Offline', link: '/offline' },
      { text: 'Another backend', link: '/backends' },
      { text: 'Recipes', link: '/recipes' },
      { text: 'The session in a cookie', link: '/cookie' },
      { text: 'What a handler’s processes share', link: '/cookie-stores' },
      { text: 'Renewals in a worker', link: '/worker' },
      { text: 'Tests', link: '/testing' },
      { text: 'How to test a machine that invokes', link: '/testing-machines' },
      { text: 'A whole world, for tests', link: '/world' },
      { text: 'What a client survives', link: '/torture' },
      { text: 'A picture of your chart', link: '/flow' },
    ],
  },
  {
    text: 'Reference',
    items: [
      { text: 'Options', link: '/options' },
      { text: 'Errors', link: '/errors' },
      {
        text: 'API',
        collapsed: true,
        items: [
          ...['core', 'core/bkend', 'core/storage', 'core/cookie', 'core/server', 'core/postgres', 'core/worker'].map(
            entry,
          ),
          ...[
            'core/inspect',
            'core/testing',
            'core/testing/paths',
            'core/testing/world',
            'core/testing/msw',
            'core/testing/playwright',
            'react',
            'react/react-router',
            'react/tanstack-router',
            'react/testing',
          ].map(entry),
          ...['vue', 'vue/router', 'vue/testing'].map(entry),
        ],
      },
    ],
  },
  { text: 'Contributing', items: [{ text: 'The house', link: '/architecture' }] },
]
