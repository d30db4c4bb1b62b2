import { createHash } from 'node:crypto'
import { Hono } from 'hono'
import { html, raw } from 'hono/html'
import type { AppEnv } from './env.ts'
import { ORGANIZATIONS, USERS } from './seed.ts'
import type { Settings } from './settings.ts'

type Row = readonly [method: string, path: string, body: string]

const AUTH: readonly Row[] = [
  ['POST', '/auth/email/signup', 'method, email, password, name'],
  ['POST', '/auth/email/signin', 'method, email, password, mfaCode?'],
  ['POST', '/auth/email/callback', 'token (from a magic link)'],
  ['POST', '/auth/{google,github}/callback', 'code or idToken, redirectUri, state'],
  ['GET', '/auth/me', ''],
  ['POST', '/auth/refresh', 'refreshToken'],
  ['POST', '/auth/signout', ''],
  ['GET', '/auth/sessions', '?page&limit'],
  ['DELETE', '/auth/sessions/:id', ''],
  ['POST', '/auth/mfa/enable', 'password'],
  ['POST', '/auth/mfa/confirm', 'code'],
  ['POST', '/auth/mfa/disable', 'password, code?'],
  ['POST', '/auth/password/reset/request', 'email'],
  ['POST', '/auth/password/reset/confirm', 'email, token, newPassword'],
  ['POST', '/auth/password/change', 'currentPassword, newPassword'],
  ['POST', '/auth/email/verify/send', 'email, callbackUrl?'],
  ['POST', '/auth/email/verify/resend', 'email, callbackUrl?'],
  ['POST', '/auth/email/verify/confirm', 'email, token'],
  ['POST', '/auth/switch-organization', 'organizationId'],
  ['DELETE', '/auth/withdraw', ''],
]

const DATA: readonly Row[] = [
  ['GET', '/data/posts', 'everybody, also without a token'],
  ['GET', '/data/posts/:id', 'the same, one of them'],
  ['PATCH', '/data/posts/:id', 'its author, editors, admins: title?, body?'],
  ['GET', '/data/admin/report', 'admins'],
  ['GET', '/data/notes', 'one’s own'],
  ['POST', '/data/notes', 'text'],
]

const CONTROL: readonly Row[] = [
  ['GET', '/__control/outbox', 'the mail that was sent'],
  ['GET', '/__control/stats', 'requests, refreshes, replays, sessions'],
  ['POST', '/__control/faults', '{ "kind": "drop-next", "path": "*/auth/refresh" }'],
  ['POST', '/__control/users/:email', '{ "role": "guest" }'],
  ['GET', '/__control/totp/:email', 'a code that is good now'],
  ['POST', '/__control/oauth-code', '{ "provider": "google" }'],
  ['POST', '/__control/clock', '{ "advance": 3600 }'],
  ['POST', '/__control/settings', '{ "errorShape": "message" }'],
  ['POST', '/__control/reset', 'everything as at the start'],
]

const STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#1d2130, #e8eaf2); --soft: light-dark(#5a6072, #a3a9bb);
  --line: light-dark(#dfe2ea, #343a4b); --paper: light-dark(#fbfbfd, #14171f); --accent: light-dark(#3b4fc4, #9aa8ff) }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 62rem; padding: 3rem 1.25rem 5rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, sans-serif }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 }
h2 { font-size: 1.15rem; margin: 2.75rem 0 .5rem }
p { max-width: 44rem; margin: .5rem 0; color: var(--soft) }
code { font: .875em/1.5 ui-monospace, monospace; color: var(--ink); overflow-wrap: anywhere }
div { overflow-x: auto }
div:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
table { border-collapse: collapse; width: 100%; font-size: .925rem }
th, td { text-align: left; vertical-align: top; padding: .4rem .9rem .4rem 0; border-bottom: 1px solid var(--line) }
thead th { color: var(--soft); font-weight: 500 }
tbody th { font-weight: 500; color: var(--accent); white-space: nowrap }
`

const POLICY = [
  `default-src 'none'`,
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  `base-uri 'none'`,
  `form-action 'none'`,
  `frame-ancestors 'none'`,
].join('; ')

/** `GET /`: what this server offers, for people. */
export function pageRoutes(settings: Settings, hasControl: boolean): Hono<AppEnv> {
  return new Hono<AppEnv>().get('/', (c) => {
    c.header('Content-Security-Policy', POLICY)
    c.header('Referrer-Policy', 'no-referrer')
    return c.html(page(settings, hasControl))
  })
}

function page({ publishableKey, projectId, accessTtl }: Settings, hasControl: boolean) {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Example auth server</title>
        ${raw(`<style>${STYLE}</style>`)}
      </head>
      <body>
        <main>
          <h1>Example auth server</h1>
          <p>
            The auth API of bkend.ai in one process: refresh tokens that are good once, a replay that ends every session
            of its user, roles that the server enforces. An access token lives ${accessTtl} seconds here. For demos and
            tests only.
          </p>

          <h2 id="dialects">Two dialects</h2>
          ${table(
            'dialects',
            ['Dialect', 'Paths begin', 'Project header', 'Tokens'],
            [
              ['current', '/v1', `X-API-Key: ${publishableKey}`, 'accessToken, refreshToken, tokenType, expiresIn'],
              ['early', '/early/v1', `x-project-id: ${projectId}`, 'access_token, refresh_token, user'],
            ],
          )}
          <p>
            Paths are the same below both. The early one needs no <code>method</code>, takes <code>refresh_token</code>,
            and knows <code>/auth/signup</code> and <code>/auth/signin</code>, too.
          </p>

          <h2 id="auth">Auth</h2>
          ${table('auth', ['Method', 'Path', 'Body or query'], AUTH)}

          <h2 id="data">Data</h2>
          ${table('data', ['Method', 'Path', 'Who, and what'], DATA)}

          <h2 id="users">Users</h2>
          ${table(
            'users',
            ['Role', 'E-mail', 'Password', 'Id', 'What for'],
            Object.values(USERS).map(({ role, email, password, id, about, totpSecret }) => [
              role,
              email,
              password,
              id,
              totpSecret ? `${about}; TOTP secret ${totpSecret}` : about,
            ]),
          )}
          <p>
            Everybody belongs to <code>${ORGANIZATIONS.main.id}</code>; Admin and User to
            <code>${ORGANIZATIONS.second.id}</code>, too.
          </p>

          ${
            hasControl
              ? html`<h2 id="control">Control</h2>
                  ${table('control', ['Method', 'Path', 'What'], CONTROL)}
                  <p>
                    Faults: expire-access, drop-next, status, slow, hold, html, empty, truncate, redirect, reset. The
                    README of this folder has an example of each.
                  </p>`
              : ''
          }
        </main>
      </body>
    </html>`
}

/** Scrolls sideways on a small screen, by keyboard as well. */
function table(labelledBy: string, head: readonly string[], rows: readonly (readonly string[])[]) {
  return html`<div role="region" aria-labelledby="${labelledBy}" tabindex="0">
    <table>
      <thead>
        <tr>
          ${head.map((cell) => html`<th scope="col">${cell}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([first, ...cells]) =>
            html`<tr>
              <th scope="row">${first}</th>
              ${cells.map((cell) => html`<td><code>${cell}</code></td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}
