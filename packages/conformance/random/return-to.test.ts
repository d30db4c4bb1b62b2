/**
 * Ways back as an attacker would write them: pieces that browsers read in ways of their own, put together by chance.
 * Whatever comes out is a page of this origin, for every reader, also after a trip through the address bar or a storage.
 */
import { safeReturnTo, signInRedirect } from '@authchart/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { campaign } from './runs.ts'

const base = 'https://app.test'
const redirect = signInRedirect({ signIn: '/sign-in', fallback: '/home', base })

const pieces = [
  '/ // \\ \\\\ /\\ . .. /./ /../ : @ ? # & = ; %'.split(' '),
  ['\t', '\n', '\r', ' ', '\u0000', '\u0001', '\u00a0', '\u3002', '\uff0f', '\uff3c', '\u2028', '\ufeff', '\ud800'],
  '%2f %2F%2f %5c %09 %0a %0d %00 %20 %2e %2e%2e %40 %3a %23 %3f %25 %252f'.split(' '),
  'http https HTTPS javascript data vbscript blob file ftp ws about view-source'.split(' '),
  'app.test APP.TEST evil.test user user:pw localhost 127.0.0.1 [::1] :443 :8443'.split(' '),
  'a b sign-in returnTo returnTo= alert(1) text/html,<script>'.split(' '),
  ['x'.repeat(300)],
].flat()
const piece = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...pieces) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 4 }) },
)
const anyWay = fc.oneof(
  { weight: 8, arbitrary: fc.array(piece, { maxLength: 9 }).map((all) => all.join('')) },
  { weight: 1, arbitrary: fc.webUrl({ withFragments: true, withQueryParameters: true }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
)

/** Where a browser that shows this page, or another one of this app, would go. */
function isOurs(path: string): boolean {
  const places = [base, `${base}/deep/page?x=1#y`].map((from) => new URL(path, from))
  return path.startsWith('/') && places.every(({ href }) => href === base + path)
}

test('a hundred thousand ways back lead nowhere but to pages of this app', () => {
  const parameters = campaign(100_000)
  let kept = 0
  fc.assert(
    fc.property(anyWay, (value) => {
      const once = safeReturnTo(value, { base, fallback: '/home' })
      if (once !== '/home') kept += 1
      expect(isOurs(once)).toBe(true)
      expect(safeReturnTo(once, { base, fallback: '/home' })).toBe(once)
      expect(safeReturnTo(JSON.parse(JSON.stringify(once)), { base, fallback: '/home' })).toBe(once)

      const there = redirect.to(value)
      expect(isOurs(there)).toBe(true)
      expect(redirect.isHere(there)).toBe(true)
      const back = redirect.back(`${base}${there}`)
      expect(isOurs(back)).toBe(true)
      expect(redirect.isHere(back)).toBe(false)
      // as it stands in the address bar of a user who was sent a link
      const sent = redirect.back(`/sign-in?returnTo=${value}`)
      expect([isOurs(sent), redirect.isHere(sent)]).toEqual([true, false])
      const encoded = redirect.back(`/sign-in?${new URLSearchParams({ returnTo: value })}`)
      expect([isOurs(encoded), redirect.isHere(encoded)]).toEqual([true, false])
    }),
    parameters,
  )
  console.log(`ways back: ${parameters.numRuns} from seed ${parameters.seed}, ${kept} of them pages of this app`)
  expect(kept).toBeGreaterThan(parameters.numRuns / 20)
})
