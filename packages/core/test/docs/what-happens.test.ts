import { expect, test } from 'vitest'
import { readFile, tableUnder } from './documents.ts'
import { device } from './happens/device.ts'
import { pages } from './happens/pages.ts'
import { server } from './happens/server.ts'
import type { Stories } from './happens/story.ts'

const stories: Stories = { ...pages, ...server, ...device }
const rows = tableUnder(readFile('docs/what-happens.md'), 'What happens when …').map((row) => ({
  happens: row['what happens'] ?? '',
  sees: row['what the user sees'] ?? '',
  does: row['what the app does'] ?? '',
}))

test('each row of docs/what-happens.md has a story that is told, and each story has its row', () => {
  expect(rows.map(({ happens }) => happens).sort()).toEqual(Object.keys(stories).sort())
})

test.each(rows.map((row) => [`${row.happens}: ${row.sees}`, row] as const))(
  '%s',
  async (_, { happens, sees, does }) => {
    const story = stories[happens]
    expect({ sees, does }).toEqual({ sees: story?.sees, does: story?.does })
    await story?.run()
  },
)
