import { afterEach, describe, expect, test, vi } from 'vitest'
import { AuthError } from '../../src/errors.ts'
import { bkend as inProduction } from '../../src/exports/bkend.ts'
import { bkend, type BkendOptions } from '../../src/exports/bkend.development.ts'
import { call, fakeBkend, json, password, tokens } from './fake-bkend.ts'

const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})

afterEach(() => {
  warn.mockClear()
})

/** The error of options that no compiler saw. */
function refusalOf(options: unknown, create = bkend): AuthError {
  try {
    create(options as BkendOptions)
  } catch (error) {
    return error as AuthError
  }
  throw new Error('was taken')
}

const key = { publishableKey: 'pk_test' }
const early = { publishableKey: 'project-1', dialect: 'early' }

describe('options that cannot be read', () => {
  test.each<[name: string, options: unknown, message: string]>([
    ['a dialect that does not exist', { ...key, dialect: 'legacy' }, 'dialect is "legacy", give "current" or'],
    ['a dialect in capitals', { ...key, dialect: 'Early' }, 'dialect is "Early", give "current" or "early"'],
    ['an empty dialect', { ...key, dialect: '' }, 'dialect is "", give'],
    ['null for a dialect', { ...key, dialect: null }, 'dialect is missing, give'],
    ['an inherited name as a dialect', { ...key, dialect: 'toString' }, 'dialect is "toString", give'],
    ['http in the network', { ...key, url: 'http://10.0.0.1:8787/x' }, 'url is http://10.0.0.1:8787, give an https'],
    [
      'http in the world',
      { ...key, url: 'http://bkend.example' },
      'url is http://…, give an https address, or allowHttp: true in development',
    ],
    ['a url without a scheme', { ...key, url: 'api.bkend.ai' }, 'url is string, give an https address'],
    ['a url that is no text', { ...key, url: {} }, 'url is object, give'],
    ['null for a url', { ...key, url: null }, 'url is missing, give'],
    ['a word for allowHttp', { ...key, allowHttp: 'false' }, 'allowHttp is string, give true or false'],
    ['a number for allowHttp', { ...key, allowHttp: 1 }, 'allowHttp is number, give true or false'],
    ['no key', {}, 'publishableKey is missing, give the key that begins with "pk_"'],
    ['a key that is no text', { publishableKey: 7 }, 'publishableKey is number, give'],
    ['a secret key', { publishableKey: 'sk_live_1' }, 'publishableKey is string, give the key that begins with "pk_"'],
    ['a secret key in capitals', { publishableKey: 'SK_LIVE_1' }, 'publishableKey is string, give'],
    ['a secret key of the early dialect', { ...early, publishableKey: 'sk_1' }, 'publishableKey is string, give'],
    ['a fetch that is no function', { ...key, fetch: 'fetch' }, 'fetch is string, give a function'],
    ['null for a fetch', { ...key, fetch: null }, 'fetch is missing, give a function'],
    [
      'an environment of the current dialect',
      { ...key, environment: 'dev' },
      'environment is string, give a name like',
    ],
    ['an empty environment', { ...early, environment: '' }, 'environment is string, give a name'],
    ['an environment for two headers', { ...early, environment: 'dev\r\nX-Evil: 1' }, 'environment is string, give'],
    ['an environment that is no text', { ...early, environment: ['dev'] }, 'environment is object, give a name'],
    ['nothing at all', undefined, 'publishableKey is missing, give'],
    ['null', null, 'publishableKey is missing, give'],
    ['the key alone', 'pk_test', 'publishableKey is missing, give'],
  ])('bkend() refuses %s [E4a]', (_, options, message) => {
    const error = refusalOf(options)
    expect(error).toBeInstanceOf(AuthError)
    expect(error.code).toBe('misconfigured')
    expect(error.message).toContain(`bkend: `)
    expect(error.message).toContain(message)
    // in production what is refused is the same, in fewer words
    const brief = refusalOf(options, inProduction)
    expect([brief.code, brief.message.split(' ').at(-1)]).toEqual(['misconfigured', message.split(' ')[0]])
  })

  test.each<[name: string, options: unknown]>([
    ['a url with a password in it', { ...key, url: 'http://CANARY:CANARY@10.0.0.1/CANARY?CANARY#CANARY' }],
    ['a url of a tunnel', { ...key, url: 'http://CANARY.example' }],
    ['a url of another scheme', { ...key, url: 'CANARY://x' }],
    ['an unreadable url', { ...key, url: 'http://CANARY:CANARY' }],
    ['a secret key', { publishableKey: 'sk_CANARY' }],
    ['a broken key', { publishableKey: 'pk_CANARY\n' }],
    ['a key for a dialect', { ...key, dialect: 'pk_CANARY' }],
    ['a key for an environment', { ...key, environment: 'CANARY' }],
    ['a key for a fetch', { ...key, fetch: 'CANARY' }],
  ])('bkend() does not show what it refuses: %s', (_, options) => {
    const error = refusalOf(options)
    expect(`${error.message} ${error.stack} ${JSON.stringify(error)}`).not.toMatch(/canary/i)
  })
})

describe('options that do not exist', () => {
  test.each(['publishablekey', 'baseUrl', 'apiKey', 'timeout', 'toString'])(
    'bkend() warns once of the option %s',
    (name) => {
      bkend({ ...key, [name]: 'CANARY' })
      expect(warn.mock.calls).toEqual([
        [`[authchart] bkend takes url, publishableKey, dialect, environment, allowHttp, fetch, not ${name}.`],
      ])
    },
  )

  test('bkend() warns of all unknown options at once, also if it refuses the rest', () => {
    expect(refusalOf({ publishablekey: 'pk_test', baseUrl: 'https://bkend.example' }).code).toBe('misconfigured')
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/, not publishablekey, baseUrl\.$/)]])
  })
})

test('bkend() says nothing of unknown options in production', () => {
  inProduction({ ...key, baseUrl: 'https://bkend.example' } as BkendOptions)
  expect(warn).not.toHaveBeenCalled()
})

test('bkend() takes what it can read without a word', async () => {
  const left = { url: undefined, dialect: undefined, environment: undefined, allowHttp: undefined, fetch: undefined }
  expect(bkend({ ...key, ...left }).origin).toBe('https://api-client.bkend.ai')
  expect(bkend({ ...key, allowHttp: false }).origin).toBe('https://api-client.bkend.ai')
  expect(bkend({ publishableKey: 'project-1', dialect: 'early', environment: 'dev' }).origin).toBe(
    'https://api.bkend.ai',
  )
  expect(warn).not.toHaveBeenCalled()
})

test('what an app does to its options afterwards changes nothing', async () => {
  const options = { url: 'https://bkend.example', publishableKey: 'pk_test', dialect: 'current' as 'current' | 'early' }
  const { fetch, calls } = fakeBkend(json(200, tokens))
  const client = bkend({ ...options, fetch })
  const later = bkend(Object.assign(options, { fetch }))
  Object.assign(options, { url: 'https://evil.example', publishableKey: 'pk_other', dialect: 'early' })
  Object.assign(client.headers(), { 'X-API-Key': 'pk_other' })
  await client.signIn(password, call)
  await later.signIn(password, call)
  for (const { url, headers } of calls) {
    expect([url, headers['x-api-key']]).toEqual(['https://bkend.example/v1/auth/email/signin', 'pk_test'])
  }
})
