export { workerCustody, type WorkerClient, type WorkerCustodyOptions } from '../worker/custody.ts'
export { serveCustody, type CustodyMessage, type CustodyScope, type ServeCustodyOptions } from '../worker/serve.ts'
