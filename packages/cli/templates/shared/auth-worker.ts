import { serveCustody } from '@authchart/core/worker'
import { backend } from './backend'

// renews the session also when the page that asked for it has closed
serveCustody({ client: backend })
