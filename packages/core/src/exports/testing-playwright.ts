export { test, type WorldFixtures } from '../testing/playwright.ts'
