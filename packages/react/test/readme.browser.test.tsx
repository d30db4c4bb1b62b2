import { expect, test } from 'vitest'
import readme from '../README.md?raw'

const sources = import.meta.glob<string>('./types/{auth.ts,main.tsx}', {
  query: '?raw',
  import: 'default',
  eager: true,
})

test('the quick start in the README is the code that the build compiles', () => {
  expect(readme).toContain(`// auth.ts\n${sources['./types/auth.ts']}`)
  expect(readme).toContain(`// main.tsx\n${sources['./types/main.tsx']}`)
})
