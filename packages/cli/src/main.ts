#!/usr/bin/env node
import { Problem } from './problem.ts'
import { program } from './program.ts'

try {
  await program().parseAsync()
} catch (error) {
  if (!(error instanceof Problem)) throw error
  console.error(`authchart: ${error.message}`)
  process.exitCode = 1
}
