import type { Row } from './measure.ts'
import { reactRows } from './react.ts'
import { requestRows } from './requests.ts'
import { startRows } from './start.ts'
import { vueRows } from './vue.ts'

const rows: readonly Row[] = [...requestRows, ...startRows, ...reactRows, ...vueRows]

/** For the runner, which is outside the page. */
Object.assign(globalThis, { rows })
