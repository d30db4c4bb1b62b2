import { safeReturnTo, signInRedirect } from '@authchart/core'
import { afterEach, describe, expect, it, vi } from 'vitest'

const base = 'https://app.test'
const options = { base, fallback: '/home' }

const ours: readonly (readonly [string, string])[] = [
  ['/', '/'],
  ['/a/b?c=d#e', '/a/b?c=d#e'],
  ['a', '/a'],
  ['./a', '/a'],
  ['../../a', '/a'],
  ['?a=1', '/?a=1'],
  ['#a', '/#a'],
  ['', '/'],
  ['/a b', '/a%20b'],
  ['/ü', '/%C3%BC'],
  ['/a?next=//evil.test', '/a?next=//evil.test'],
  ['/a#//evil.test', '/a#//evil.test'],
  ['/?//evil.test', '/?//evil.test'],
  ['/a//b', '/a//b'],
  ['/@evil.test', '/@evil.test'],
  ['/evil.test', '/evil.test'],
  ['evil.test', '/evil.test'],
  ['/a/../b', '/b'],
  ['https://app.test', '/'],
  ['https://app.test/a', '/a'],
  ['https://app.test:443/a', '/a'],
  ['HTTPS://APP.TEST/a', '/a'],
  ['https:/a', '/a'],
  ['https:a', '/a'],
  ['/%2Fevil.test', '/%2Fevil.test'],
  ['/%5Cevil.test', '/%5Cevil.test'],
  ['  /a  ', '/a'],
  ['/\ta', '/a'],
]

const theirs: readonly unknown[] = [
  '//evil.test',
  '///evil.test',
  '////evil.test',
  '/\\evil.test',
  '\\/evil.test',
  '\\\\evil.test',
  '\\evil.test\\..\\..\\\\evil.test',
  '/\t/evil.test',
  '/\n/evil.test',
  '/\r/evil.test',
  '\t//evil.test',
  '/\\/evil.test',
  ' //evil.test',
  '\u0000//evil.test',
  '//evil.test/%2f..',
  '//app.test@evil.test',
  '//evil.test:443',
  '//app.test:8443',
  '/..//evil.test',
  '/.//evil.test',
  '/a/..//evil.test',
  '/a/../..//evil.test',
  '/%2e//evil.test',
  '/%2e%2e//evil.test',
  '/a/%2e%2e//evil.test',
  '/..\\\\evil.test',
  './/evil.test',
  '..//evil.test',
  'https://app.test//evil.test',
  'https://app.test/\\evil.test',
  'https://app.test/..//evil.test',
  'https://evil.test',
  'https://evil.test/https://app.test',
  'https://app.test.evil.test',
  'https://app.test@evil.test',
  'https://app.test:pw@evil.test',
  'https://user@app.test/',
  'https://user:pw@app.test/',
  'https://evil.test\\@app.test',
  'https://app.test%40evil.test',
  'https://app.test%2eevil.test',
  'https://sub.app.test',
  'https://app.test:444',
  'https:\\\\evil.test',
  'https:evil.test\\..\\\\\\evil.test',
  'https:///evil.test',
  'https:////evil.test',
  'http://app.test/',
  'http:a',
  'https://аpp.test',
  'https://app。test.evil.test',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'java\nscript:alert(1)',
  '\u0001javascript:alert(1)',
  'javascript://app.test/%0aalert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:msgbox(1)',
  'blob:https://app.test/1',
  'filesystem:https://app.test/1',
  'file:///etc/passwd',
  'ftp://app.test/',
  'ws://app.test/',
  'mailto:a@app.test',
  'intent://evil.test#Intent;end',
  'view-source:https://app.test',
  'https://',
  'https://[',
  `/${'a'.repeat(2048)}`,
  null,
  undefined,
  7,
  true,
  {},
  ['/a'],
  { toString: () => '/a' },
  Symbol('/a'),
]

/** Where pages come from that no web server sends: native shells, extensions, desktop apps. */
const schemes = [
  'capacitor://localhost',
  'ionic://localhost',
  'tauri://localhost',
  'app://-',
  'chrome-extension://abcdef',
  'moz-extension://abc',
]

describe('going back to', () => {
  it.each(ours)('the way back %j is ours', (value, page) => {
    expect(safeReturnTo(value, options)).toBe(page)
  })

  it.each(theirs.map((value) => [value]))('the way back %j is not ours', (value) => {
    expect(safeReturnTo(value, options)).toBe('/home')
  })

  it('a way back that is made safe twice is what it was once, and stays in the app wherever it is read', () => {
    for (const value of [...ours.map(([input]) => input), ...theirs]) {
      const once = safeReturnTo(value, options)
      expect(safeReturnTo(once, options)).toBe(once)
      expect(new URL(once, `${base}/deep/page?x`).origin).toBe(base)
      expect(safeReturnTo(decodeURIComponent(encodeURIComponent(once)), options)).toBe(once)
    }
  })

  it.each(['', 'app.test', 'file:///index.html', 'data:text/html,x', 'about:blank'])(
    'anything from a page without a host (%j) is the fallback',
    (nowhere) => {
      for (const value of ['/a', 'https://app.test/a', 'data:text/html,x', 'about:blank']) {
        expect(safeReturnTo(value, { base: nowhere, fallback: '/home' })).toBe('/home')
      }
    },
  )

  it.each(schemes)('a path of an app at %s is ours [A1d]', (origin) => {
    const app = { base: `${origin}/index.html?a#b`, fallback: '/home' }
    expect(safeReturnTo('/posts/1?a=b#c', app)).toBe('/posts/1?a=b#c')
    expect(safeReturnTo('posts', app)).toBe('/posts')
    expect(safeReturnTo(`${origin}/posts/1?a=b#c`, app)).toBe('/posts/1?a=b#c')
    expect(safeReturnTo(origin, app)).toBe('/')
    expect(safeReturnTo(`${origin}?a=b`, app)).toBe('/?a=b')
  })

  it.each(schemes)('what leads out of an app at %s is not ours [A1d]', (origin) => {
    const [scheme = ''] = origin.split('://')
    for (const value of [
      ...theirs.filter((value) => value !== 'http:a'),
      'https://app.test/a',
      `${origin}.evil.test/a`,
      `${origin}evil/a`,
      `${origin}//evil.test`,
      `${origin}/\\evil.test`,
      `${origin}/..//evil.test`,
      `${origin}:444/a`,
      `${scheme}://user@localhost/a`,
      `${scheme}://evil.test/a`,
      `${scheme}:/evil.test`,
      `${scheme}:a`,
    ]) {
      expect(safeReturnTo(value, { base: `${origin}/a`, fallback: '/home' })).toBe('/home')
    }
  })

  it('safeReturnTo knows the origin from a whole address as well, and the port', () => {
    const local = { base: 'http://localhost:5173/sign-in?x=1#y', fallback: '/home' }
    expect(safeReturnTo('/a', local)).toBe('/a')
    expect(safeReturnTo('a', local)).toBe('/a')
    expect(safeReturnTo('http://localhost:5173/a', local)).toBe('/a')
    expect(safeReturnTo('http://localhost:5174/a', local)).toBe('/home')
    expect(safeReturnTo('https://localhost:5173/a', local)).toBe('/home')
  })
})

describe('to the sign-in page and back', () => {
  const redirect = signInRedirect({ signIn: '/sign-in', fallback: '/home', base })

  it.each([
    ['/posts/1', '/sign-in?returnTo=%2Fposts%2F1'],
    ['/posts?tab=2#notes', '/sign-in?returnTo=%2Fposts%3Ftab%3D2%23notes'],
    ['https://app.test/posts', '/sign-in?returnTo=%2Fposts'],
    ['/', '/sign-in?returnTo=%2F'],
    ['//evil.test', '/sign-in?returnTo=%2Fhome'],
    ['javascript:alert(1)', '/sign-in?returnTo=%2Fhome'],
  ])('the way to the sign-in page and back leads from %j over %j', (from, to) => {
    expect(redirect.to(from)).toBe(to)
  })

  it.each(['/a', '/a/b?c=d&e=f#g', '/a?returnTo=/b', '/a?x=%26returnTo%3D//evil.test', '/%C3%BC?q=a%2Bb+c#%20'])(
    'the sign-in page leads back to %j',
    (from) => {
      expect(redirect.back(redirect.to(from))).toBe(from)
      expect(redirect.back(`https://app.test${redirect.to(from)}`)).toBe(from)
    },
  )

  it.each(theirs.filter((value) => typeof value === 'string'))('the sign-in page never leads back to %j', (value) => {
    expect(redirect.back(`/sign-in?returnTo=${encodeURIComponent(value)}`)).toBe('/home')
    expect(redirect.back(`/sign-in?returnTo=/a&returnTo=${encodeURIComponent(value)}`)).toBe('/a')
  })

  it('the way to the sign-in page keeps what the address of that page says already', () => {
    const german = signInRedirect({ signIn: '/sign-in?lang=de#form', fallback: '/home', base })
    expect(german.to('/a')).toBe('/sign-in?lang=de&returnTo=%2Fa#form')
    expect(german.back(german.to('/a'))).toBe('/a')
  })

  it.each([
    '/sign-in',
    '/sign-in/',
    '/Sign-In',
    '/sign%2Din',
    '/sign-in?returnTo=/a',
    'https://app.test/sign-in#x',
    '/x/../sign-in',
  ])('%j is the sign-in page itself: no user is sent there from there, nor back to it', (from) => {
    expect(redirect.isHere(from)).toBe(true)
    expect(redirect.back(redirect.to(from))).toBe(from.includes('returnTo') ? '/a' : '/home')
    expect(redirect.back(`/sign-in?returnTo=${encodeURIComponent(from)}`)).toBe('/home')
  })

  it.each(['/', '/sign', '/sign-in/help', '/a?x=/sign-in', '/a#/sign-in', '/sign%in'])('%j is another page', (from) => {
    expect(redirect.isHere(from)).toBe(false)
  })

  it.each([
    ['a path of letters', `/${'ü'.repeat(300)}`, encodeURI(`/${'ü'.repeat(300)}`)],
    ['a long filter in the query', `/posts?ids=${'1234567,'.repeat(1000)}`, `/posts?ids=${'1234567,'.repeat(1000)}`],
    ['a long hash', `/posts#${'a'.repeat(9000)}`, `/posts#${'a'.repeat(9000)}`],
    ['an address of 16,384 characters', `/posts?a=${'b'.repeat(16_375)}`, `/posts?a=${'b'.repeat(16_375)}`],
  ])('the sign-in page leads back to %s [A6b]', (_, from, page) => {
    const there = redirect.to(from)
    expect(redirect.isHere(there)).toBe(true)
    expect(redirect.to(there)).toBe(there)
    expect(redirect.back(there)).toBe(page)
  })

  it.each([
    ['a path of 3,000 characters', `/${'a'.repeat(3000)}`],
    ['an address of 16,385 characters', `/posts?a=${'b'.repeat(16_376)}`],
  ])('the way from %s leads to the sign-in page, and home', (_, from) => {
    expect(redirect.to(from)).toBe('/sign-in?returnTo=%2Fhome')
    expect(redirect.back(redirect.to(from))).toBe('/home')
  })

  it('the sign-in page does not lead back to the page that says no', () => {
    const strict = signInRedirect({ signIn: '/sign-in', forbidden: '/forbidden', fallback: '/home', base })
    expect(strict.to('/forbidden?why=role')).toBe('/sign-in?returnTo=%2Fhome')
    expect(strict.back('/sign-in?returnTo=/Forbidden/')).toBe('/home')
    expect(strict.back('/sign-in?returnTo=/forbidden/fruit')).toBe('/forbidden/fruit')
  })

  it('the way to the sign-in page and back does not need the name of the host, as on a server', () => {
    const anywhere = signInRedirect({ signIn: '/sign-in' })
    expect(anywhere.to('/a?b#c')).toBe('/sign-in?returnTo=%2Fa%3Fb%23c')
    expect(anywhere.back(anywhere.to('/a?b#c'))).toBe('/a?b#c')
    expect(anywhere.back('/sign-in?returnTo=//evil.test')).toBe('/')
    expect(anywhere.back('/sign-in')).toBe('/')
  })

  it.each([
    ['/account', '/sign-in', '/sign-in'],
    ['/de/account?a#b', '/de/sign-in', '/de/sign-in'],
    ['https://app.test/de/account', '/de/sign-in', '/de/sign-in'],
    ['//evil.test/de', '/sign-in', '/sign-in'],
  ])('the sign-in page is made from the page the user comes from: %j', (from, page) => {
    const locales = signInRedirect({
      signIn: (path) => (path.startsWith('/de/') ? '/de/sign-in' : '/sign-in'),
      fallback: '/home',
      base,
    })
    expect(locales.bare(from)).toBe(page)
    expect(locales.to(from).startsWith(`${page}?returnTo=`)).toBe(true)
    expect(locales.isHere(page)).toBe(true)
    expect(locales.isHere(from)).toBe(false)
    expect(locales.back(locales.to(from))).toBe(from.startsWith('//') ? '/home' : from.replace(base, ''))
  })

  it('the bare way is the sign-in page alone, with no way back', () => {
    expect(redirect.bare('/posts/1?draft=1')).toBe('/sign-in')
    expect(redirect.back(redirect.bare('/posts/1?draft=1'))).toBe('/home')
  })
})

describe('on a page that no web server sent', () => {
  afterEach(() => vi.unstubAllGlobals())

  it.each(['file://', 'about:blank', ...schemes])('%s: a guarded page is not the sign-in page [A1a]', (origin) => {
    vi.stubGlobal('location', { origin, href: `${origin}/admin` })
    const redirect = signInRedirect({ signIn: '/sign-in' })
    expect(redirect.isHere('/sign-in')).toBe(true)
    expect(redirect.isHere('/admin')).toBe(false)
    expect(redirect.isHere('/')).toBe(false)
  })

  it.each(['file:///C:/app/index.html#/admin', 'about:blank', ...schemes])(
    '%s: a guarded page leads to the sign-in page and back [A1b]',
    (href) => {
      vi.stubGlobal('location', { origin: 'null', href })
      const redirect = signInRedirect({ signIn: '/sign-in', fallback: '/home' })
      expect(redirect.to('/posts/1?a=b#c')).toBe('/sign-in?returnTo=%2Fposts%2F1%3Fa%3Db%23c')
      expect(redirect.back('/sign-in?returnTo=%2Fposts%2F1%3Fa%3Db%23c')).toBe('/posts/1?a=b#c')
      expect(redirect.back('/sign-in?returnTo=//evil.test')).toBe('/home')
    },
  )
})

describe('options of the sign-in redirect that cannot be read', () => {
  const unreadable: readonly unknown[] = [
    'https://auth.example.com/sign-in',
    'https://app.test/sign-in',
    '//auth.example.com/sign-in',
    '/\\auth.example.com/sign-in',
    '/..//auth.example.com',
    'javascript:alert(1)',
    '/#/sign-in',
    '/#!/sign-in',
    '#/sign-in',
    'sign-in',
    './sign-in',
    '?page=sign-in',
    '',
    undefined,
    null,
    7,
    ['/sign-in'],
    new URL('https://app.test/sign-in'),
    `/${'a'.repeat(3000)}`,
  ]
  const make = (options: object) => () => signInRedirect({ signIn: '/sign-in', base, ...options })

  it.each(unreadable.map((value) => [value]))('signIn %j is refused at creation [A2a]', (signIn) => {
    expect(make({ signIn })).toThrow(TypeError)
    expect(make({ signIn })).toThrow(/^signIn: /)
  })

  it.each(unreadable.filter((value) => value !== undefined && value !== null).map((value) => [value]))(
    'fallback and forbidden %j are refused at creation [A6a]',
    (path) => {
      expect(make({ fallback: path })).toThrow(/^fallback: /)
      expect(make({ forbidden: path })).toThrow(/^forbidden: /)
    },
  )

  it('signIn as a function that makes no path is refused where it is asked [A2a]', () => {
    const redirect = signInRedirect({ signIn: () => 'https://auth.example.com/sign-in', base })
    expect(() => redirect.to('/posts/1')).toThrow(/^signIn: /)
    expect(() => redirect.isHere('/')).toThrow(/^signIn: /)
  })

  it.each([['app.test'], ['/app'], [''], ['https://'], [null], [7], [{}]])(
    'base %j is refused at creation [A2b]',
    (wrong) => {
      expect(make({ base: wrong })).toThrow(TypeError)
      expect(make({ base: wrong })).toThrow(/^base: /)
    },
  )

  it('the refusal names the path, and nothing of its query', () => {
    expect(make({ signIn: 'sign-in?token=secret#secret' })).toThrow('signIn: "sign-in" is no page of this app.')
    expect(make({ base: '?token=secret' })).not.toThrow(/secret/)
  })
})
