import { expect, test } from 'vitest'
import { mutants } from '../prove/mutants.ts'
import { bugs } from '../seeded/bugs.ts'
import { seed } from '../seeded/seed.ts'

test.each(bugs)('the seeded bug still has its place in $file: $name [I7]', (bug) => {
  expect(seed(bug)).toContain(bug.to)
})

const edits = mutants.flatMap(({ name, edits }) => edits.map((edit) => ({ ...edit, name })))

test.each(edits)('the mutant of the explorer still has its place in $file: $name [I7]', (edit) => {
  expect(seed(edit)).toContain(edit.to)
})

test('a seeded bug whose text is there twice, or no more, says which [I7]', () => {
  const bug = { name: 'some bug', file: 'wire.ts', from: 'here', to: 'there', killer: '' }
  expect(() => seed(bug, 'gone')).toThrow('"some bug": wire.ts has this 0 times, not once: here')
  expect(() => seed(bug, 'here, here')).toThrow('has this 2 times')
  expect(seed(bug, 'from here on')).toBe('from there on')
})
