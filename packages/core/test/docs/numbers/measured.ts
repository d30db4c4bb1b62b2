import { readFile, tableUnder } from '../documents.ts'
import { constantIn, numbersIn, type Foreign, type Measured } from './claim.ts'

const conformance = (path: string): string => `packages/conformance/${path}.ts`
const ways = [
  'location.href',
  'location.replace',
  'location.reload',
  'location.href after 3 ms',
  'window.close',
  'tab closed',
]
const long = (path: string, name: string): readonly number[] =>
  numbersIn(conformance(path), new RegExp(`const ${name} = inject\\('isLong'\\) \\? (\\d+)`))

export const measured: readonly Measured[] = [
  {
    page: 'refresh',
    says: /in the same turn, or 3 ms later,[^\0]*Chromium 156 and in Firefox 153[^\0]*of (816) sign-outs[^\0]*31 of (60) came back in Chromium, and in Firefox 6 of 60[^\0]*never heard of 36/,
    by: 'node packages/conformance/firefox/main.ts page-death/sign-out --long',
    // in two browsers, in all ways
    are() {
      const [cross = 0, same = 0, control = 0] = numbersIn(
        conformance('page-death/sign-out.test'),
        /crossOrigin: (\d+), sameOrigin: (\d+), control: (\d+)/,
      )
      return [2 * (cross + same) * ways.length, control * ways.length]
    },
  },
  {
    page: 'refresh',
    says: /were reloaded (50)\s+to\s+(350)\s+ms\s+later:\s+17\s+of\s+(40) sessions[^.]*22 of 40 in Firefox/,
    by: 'node packages/conformance/firefox/main.ts page-death/reload --long',
    are: () => [
      constantIn(conformance('page-death/reload.test'), 'EARLIEST'),
      constantIn(conformance('page-death/reload.test'), 'LATEST'),
      ...long('page-death/reload.test', 'RELOADS'),
    ],
  },
  {
    page: 'cookie',
    says: /in Chromium 156, with (150) ms[^\0]*0 of (300) sessions[^\0]*0 of 300 with[^\0]*23 of (60) were lost/,
    by: 'node packages/conformance/firefox/main.ts cookie-death/deaths --long',
    are: deaths,
  },
  {
    page: 'worker',
    says: /that takes (150) ms[^\0]*200 reloads and 100 closed[^\0]*Chromium 156 [^\0]*0 of (300)[^\0]*23 of (60) [^\0]*Firefox 153 [^\n]*\n/,
    by: 'node packages/conformance/firefox/main.ts cookie-death/deaths',
    are: deaths,
  },
  {
    page: 'refresh',
    says: /^\| ten tabs in a full Chromium[^\n]* \| (300) expiries, (40) kills; once 5,000 and 1,000[^\n]* (60) expiries[^\n]*\n[^\n]*\| (20); once 40[^\n]*$/m,
    by: 'npm run campaign',
    are: () => [
      ...numbersIn(conformance('campaign/main'), /at once +default (\d+)\n.*default (\d+)\n/),
      constantIn(conformance('campaign/control'), 'ENOUGH'),
      ...numbersIn(conformance('campaign/main'), /leave the page, in as many of these expiries +default (\d+)/),
    ],
  },
  {
    page: 'refresh',
    says: /\| (5,000) schedules, about 140,000 steps +\| 0 /,
    by: 'pnpm random',
    are: () => numbersIn(conformance('random/interleavings.test'), /campaign\((\d+)\)/),
  },
  {
    page: 'refresh',
    says: /stories of up to (40) commands [^\n]*\| (2,000) +\| 0 /,
    by: 'pnpm random',
    are: () => [
      ...numbersIn(conformance('random/commands.test'), /commands\((\d+)\)/),
      ...numbersIn(conformance('random/commands.test'), /campaign\((\d+)\)/),
    ],
  },
  {
    page: 'refresh',
    says: /three tabs for (10,000) virtual hours [^\n]*\| about 17,500 renewals +\| 0 /,
    by: 'pnpm random',
    are: () => [constantIn(conformance('random/soak.test'), 'HOURS')],
  },
  {
    page: 'refresh',
    says: /\| scenario [^\0]*use\s+up\s+the\s+(10)\s+minutes[^\0]*wide bounds 16\s+scenarios[^\0]*3,586,854\s+states\s+to\s+depth\s+40[^\0]*4,500,000\s+states/,
    by: 'pnpm prove',
    are: () => numbersIn(conformance('prove/main'), /minutes: \{ type: 'string', default: '(\d+)' \}/),
  },
  {
    page: 'cookie-stores',
    says: /Measured on Postgres 15, [^\0]*within (10,000) turns of its event loop[^\0]*, 100\s+times/,
    by: 'pnpm run postgres --kills 100 --seed 7',
    are: () => [constantIn(conformance('postgres/kills'), 'LATEST')],
  },
  {
    page: 'security',
    says: /(100,000) generated\s+requests/,
    by: 'SUITE=whole npx -y pnpm@12 exec vitest run --project conformance test/cookie/requests',
    are: () => numbersIn(conformance('test/cookie/requests.test'), /=== 'whole' \? ([\d_]+)/),
  },
  // the run itself compares the table, and fails if the page says something else
  {
    page: 'torture',
    says: /\| survived +\| (21)\/(21) +\| (11)\/(21) +\| (10)\/(21) +\|/,
    by: 'pnpm torture',
    are() {
      const rows = tableUnder(readFile('docs/torture.md'), 'What was seen').slice(0, -1)
      const survived = (client: string): number => rows.filter((row) => row[client] === 'yes').length
      return ['authchart', '@supabase/auth-js', 'oidc-client-ts'].flatMap((client) => [survived(client), rows.length])
    },
  },
  {
    page: 'torture',
    says: /`@supabase\/auth-js` (2)\.(119)\.(1) and\s+`oidc-client-ts` (3)\.(5)\.(0)/,
    by: 'pnpm torture',
    are: () =>
      ['@supabase/auth-js', 'oidc-client-ts'].flatMap((name) =>
        numbersIn('packages/conformance/package.json', new RegExp(`"${name}": "(\\d+)\\.(\\d+)\\.(\\d+)"`)),
      ),
  },
]

export const foreign: readonly Foreign[] = [
  { page: 'options', says: /A number from 0 up to 1,/, of: 'Math.random' },
  { page: 'cookie', says: /\(OAuth 2\.0 for browser-based/, of: 'RFC 10017' },
  { page: 'cookie', says: /\(Chromium from 140 on\)/, of: 'Chromium' },
  { page: 'cookie-stores', says: /Postgres 11 or later/, of: 'Postgres, whose function hashtextextended is that old' },
  { page: 'cookie-stores', says: /which is two hours where nothing is set/, of: 'Postgres and the kernel' },
]

function deaths(): readonly number[] {
  return [
    constantIn(conformance('cookie-death/deaths.test'), 'RENEWAL'),
    ...long('cookie-death/deaths.test', 'DEATHS'),
    ...long('cookie-death/deaths.test', 'CONTROL'),
  ]
}
