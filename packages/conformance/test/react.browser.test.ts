import { reactDriver } from '../src/drivers/react.tsx'
import { describeConformance } from '../src/suite.ts'

describeConformance('react', reactDriver)
