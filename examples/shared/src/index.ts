export type { ApiResult, Post, PostChanges } from './api.ts'
export { currentCode, newestLink } from './authenticator.ts'
export type { DemoAuth } from './auth.ts'
export { chartNodes, isActive } from './chart.ts'
export { commandWords, type Command } from './commands.ts'
export { chooseCustody, custodyWords, type Custody } from './custody.ts'
export { createDemo, type Demo } from './demo.ts'
export { screenOf } from './entrance.ts'
export { faultWords, type Fault } from './faults.ts'
export { focusField } from './focus.ts'
export { redeemLink, submitCode, submitCredentials, type Mode } from './form.ts'
export { inspectorWords } from './inspector.ts'
export { linkCallbackUrl } from './link.ts'
export {
  announcementOf,
  dateWords,
  entranceTitle,
  errorMessage,
  fieldOf,
  reasonWords,
  renewalNotice,
} from './messages.ts'
export { createResource } from './resource.ts'
export { paths } from './paths.ts'
export { seeds, type Seed } from './seeds.ts'
export type { Store } from './store.ts'
export { storyPicture } from './story.ts'
export { secondsUntil } from './ticker.ts'
export { toneOf } from './tone.ts'
