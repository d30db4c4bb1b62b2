import { safeReturnTo, signInRedirect } from '@authchart/core'
import { describe, expect, it } from 'vitest'

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

describe('going back to', () => {
  it.each(ours)('%j is ours', (value, page) => {
    expect(safeReturnTo(value, options)).toBe(page)
  })

  it.each(theirs.map((value) => [value]))('%j is not', (value) => {
    expect(safeReturnTo(value, options)).toBe('/home')
  })

  it('any of them twice is what it was once, and stays in the app wherever it is read', () => {
    for (const value of [...ours.map(([input]) => input), ...theirs]) {
      const once = safeReturnTo(value, options)
      expect(safeReturnTo(once, options)).toBe(once)
      expect(new URL(once, `${base}/deep/page?x`).origin).toBe(base)
      expect(safeReturnTo(decodeURIComponent(encodeURIComponent(once)), options)).toBe(once)
    }
  })

  it.each(['', 'app.test', 'file:///index.html', 'data:text/html,x', 'about:blank'])(
    'anything from a page that has no origin (%j) is the fallback',
    (nowhere) => {
      for (const value of ['/a', 'https://app.test/a', 'data:text/html,x', 'about:blank']) {
        expect(safeReturnTo(value, { base: nowhere, fallback: '/home' })).toBe('/home')
      }
    },
  )

  it('knows the origin from a whole address as well, and the port', () => {
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
  ])('from %j over %j', (from, to) => {
    expect(redirect.to(from)).toBe(to)
  })

  it.each(['/a', '/a/b?c=d&e=f#g', '/a?returnTo=/b', '/a?x=%26returnTo%3D//evil.test', '/%C3%BC?q=a%2Bb+c#%20'])(
    'and back to %j',
    (from) => {
      expect(redirect.back(redirect.to(from))).toBe(from)
      expect(redirect.back(`https://app.test${redirect.to(from)}`)).toBe(from)
    },
  )

  it.each(theirs.filter((value) => typeof value === 'string'))('and never back to %j', (value) => {
    expect(redirect.back(`/sign-in?returnTo=${encodeURIComponent(value)}`)).toBe('/home')
    expect(redirect.back(`/sign-in?returnTo=/a&returnTo=${encodeURIComponent(value)}`)).toBe('/a')
  })

  it('keeps what the address of the sign-in page says already', () => {
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
  ])('%j is the sign-in page itself: nobody is sent there from there, nor back to it', (from) => {
    expect(redirect.isHere(from)).toBe(true)
    expect(redirect.back(redirect.to(from))).toBe(from.includes('returnTo') ? '/a' : '/home')
    expect(redirect.back(`/sign-in?returnTo=${encodeURIComponent(from)}`)).toBe('/home')
  })

  it.each(['/', '/sign', '/sign-in/help', '/a?x=/sign-in', '/a#/sign-in', '/sign%in'])('%j is another page', (from) => {
    expect(redirect.isHere(from)).toBe(false)
  })

  it('leads from a page whose address is too long to the sign-in page, and home', () => {
    const longest = `/${'ü'.repeat(300)}`
    expect(redirect.back(redirect.to(longest))).toBe(encodeURI(longest))
    expect(redirect.back(redirect.to(`/${'a'.repeat(3000)}`))).toBe('/home')
  })

  it('does not lead back to the page that says no', () => {
    const strict = signInRedirect({ signIn: '/sign-in', forbidden: '/forbidden', fallback: '/home', base })
    expect(strict.to('/forbidden?why=role')).toBe('/sign-in?returnTo=%2Fhome')
    expect(strict.back('/sign-in?returnTo=/Forbidden/')).toBe('/home')
    expect(strict.back('/sign-in?returnTo=/forbidden/fruit')).toBe('/forbidden/fruit')
  })

  it('does not need the name of the host, as on a server', () => {
    const anywhere = signInRedirect({ signIn: '/sign-in' })
    expect(anywhere.to('/a?b#c')).toBe('/sign-in?returnTo=%2Fa%3Fb%23c')
    expect(anywhere.back(anywhere.to('/a?b#c'))).toBe('/a?b#c')
    expect(anywhere.back('/sign-in?returnTo=//evil.test')).toBe('/')
    expect(anywhere.back('/sign-in')).toBe('/')
  })
})
