/**
 * A page of another origin that has the user's cookies sent along: on another port of the same host, which is the same site
 * to `SameSite`, as a sub-domain is, and on another site.
 */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { launch } from '../firefox/browsers.ts'
import { setStage, type Stage } from './stage.ts'

describe.each(inject('browsers'))('in $version', (found) => {
  let browser: Browser
  let stage: Stage
  let attacker: Server

  beforeAll(async () => {
    attacker = createServer((_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><title>Elsewhere</title>')
    })
    await new Promise<void>((resolve) => attacker.listen(0, resolve))
    ;[browser, stage] = await Promise.all([launch(found), setStage()])
  })
  afterAll(async () => {
    await browser?.close()
    await stage?.close()
    attacker.close()
    attacker.closeAllConnections()
  })

  test.each([
    ['another port of the same host', '127.0.0.1'],
    ['another site', 'localhost'],
  ])(
    'a form, a script, an image, a frame, a stream, a socket and a link from %s change nothing and learn nothing',
    async (_, host) => {
      const { control, user, origin, events } = stage
      control.reset()
      const context = await browser.createBrowserContext()
      try {
        const home = await context.newPage()
        await home.goto(`${origin}/proxy/`)
        await home.waitForFunction(() => tab.report().status === 'anonymous')
        await home.evaluate((one, other) => tab.signIn(one, other), user.email, user.password)
        const before = { ...control.stats().requests }
        events.length = 0

        const page = await context.newPage()
        const elsewhere = `http://${host}:${(attacker.address() as AddressInfo).port}/`
        await page.goto(elsewhere)
        const learned = await page.evaluate(attack, origin)
        for (const path of ['/proxy/auth/sign-out', '/proxy/auth/session', '/api/v1/data/notes']) {
          await page.goto(elsewhere)
          await page.evaluate(follow, origin + path)
          await settled(page, origin + path)
          expect(await page.evaluate(() => document.body.innerText)).not.toContain(user.email)
        }

        expect(learned).toEqual([])
        expect(events.map(({ status }) => status).filter((status) => status < 400)).toEqual([])
        expect(events.length).toBeGreaterThanOrEqual(10)
        expect(control.stats().requests).toEqual(before)
        expect(await home.evaluate(() => tab.ask())).toBe(200)
      } finally {
        await context.close()
      }
    },
  )
})

/** Runs in the page. Resolves to what it could read of any answer. */
async function attack(origin: string): Promise<string[]> {
  const learned: string[] = []
  const paths = ['session', 'refresh', 'sign-out', 'user'].map((name) => `${origin}/proxy/auth/${name}`)
  const read = async (url: string, init: RequestInit): Promise<void> => {
    try {
      const response = await fetch(url, { credentials: 'include', ...init })
      const text = await response.text()
      if (text !== '') learned.push(text)
    } catch {
      // as it has to be
    }
  }
  for (const url of paths) {
    await read(url, { method: 'POST', mode: 'no-cors', body: '{}', headers: { 'Content-Type': 'text/plain' } })
    await read(url, { method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json', 'x-authchart': '1' } })
    await read(url, { mode: 'no-cors' })
  }
  await read(`${origin}/api/v1/data/notes`, { headers: { 'x-authchart': '1' } })
  await read(`${origin}/api/v1/data/notes`, { mode: 'no-cors' })
  navigator.sendBeacon(`${origin}/proxy/auth/sign-out`, '{}')
  const done = (target: EventTarget, ...names: string[]): Promise<void> =>
    new Promise((resolve) => {
      for (const name of names) target.addEventListener(name, () => resolve(), { once: true })
    })
  const image = new Image()
  const shown = done(image, 'load', 'error')
  image.src = `${origin}/api/v1/data/notes`
  const frame = document.createElement('iframe')
  const framed = done(frame, 'load', 'error')
  frame.src = `${origin}/api/v1/data/notes`
  document.body.append(frame)
  const stream = new EventSource(`${origin}/api/v1/data/notes`, { withCredentials: true })
  const streamed = done(stream, 'open', 'error')
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/api/v1/data/notes`)
  socket.addEventListener('open', () => learned.push('a socket was opened'))
  await Promise.all([shown, framed, streamed, done(socket, 'open', 'error')])
  stream.close()
  if (image.naturalWidth > 0) learned.push('an image was shown')
  return learned
}

/** Runs in the page: a form, as a click would send it. */
function follow(address: string): void {
  const form = document.createElement('form')
  form.method = 'POST'
  form.action = address
  form.enctype = 'text/plain'
  const input = document.createElement('input')
  input.name = '{"session":"x","y":"'
  input.value = '"}'
  form.append(input)
  document.body.append(form)
  setTimeout(() => form.submit())
}

async function settled(page: Page, address: string): Promise<void> {
  await page.waitForFunction((url) => location.href === url && document.readyState === 'complete', {}, address)
}
