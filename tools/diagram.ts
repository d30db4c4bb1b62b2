// Writes the pictures of the chart into the guides, from the chart itself. With --check it only compares.
import { writeFileSync } from 'node:fs'
import { authMachine } from '@authchart/core'
import { filesOf, inRepository, staleIn } from './pictures/files.ts'

const files = await filesOf(authMachine)
if (!process.argv.includes('--check')) {
  for (const [file, text] of Object.entries(files)) writeFileSync(inRepository(file), text)
} else {
  const stale = staleIn(files)
  for (const file of stale) console.error(`The picture in ${file} is not the chart.`)
  if (stale.length > 0) {
    console.error('Run: pnpm diagram')
    process.exitCode = 1
  }
}
