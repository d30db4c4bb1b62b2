import { expect, test } from 'vitest'
import readme from '../README.md?raw'

const sources = import.meta.glob<string>('./types/{App.vue,auth.ts,main.ts}', {
  query: '?raw',
  import: 'default',
  eager: true,
})

test('the quick start in the README is the code that the build compiles', () => {
  expect(readme).toContain(`// auth.ts\n${sources['./types/auth.ts']}`)
  expect(readme).toContain(`// main.ts\n${sources['./types/main.ts']}`)
  expect(readme).toContain(`<!-- App.vue -->\n${sources['./types/App.vue']}`)
})
