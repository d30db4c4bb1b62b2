import { coreDriver } from '../src/drivers/core.ts'
import { describeConformance } from '../src/suite.ts'

describeConformance('core', coreDriver)
