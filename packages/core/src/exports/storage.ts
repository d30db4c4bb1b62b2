export { browserStorage, type BrowserStorageOptions } from '../storage/browser.ts'
export { memoryStorage } from '../storage/memory.ts'
export { webStorage, type WebStorageOptions } from '../storage/web.ts'
