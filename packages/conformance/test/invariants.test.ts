/** What is true of the chart as a whole: one sentence, one check. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { explore, type GraphNode } from '../src/chart.ts'

const { nodes, places, invocations } = explore()
const inPlace = (place: string): GraphNode[] =>
  nodes.filter(
    ({ inSession, inAttempt }) => inSession === place || inAttempt === place || inSession.startsWith(`${place}.`),
  )
const stored = nodes.filter(({ persistence }) => persistence === 'stored')
const [session, attempt] = [0, 1] as const
const regionOf = (place: string, region: 0 | 1): string => place.split(' + ')[region] ?? ''

/** For every state that waits for something: what happens when that is done, fails, or takes too long. */
const exits: Readonly<Record<string, readonly string[]>> = {
  restoring: ['restore.found', 'restore.ended', 'restore.empty', 'signOut'],
  'authenticating.submitting': ['authenticate.granted', 'authenticate.failed', 'cancel', 'signOut'],
  'authenticating.challenged.awaitingCode': ['answerChallenge', 'cancel', 'signOut'],
  'authenticating.challenged.verifyingCode': [
    'authenticate.granted',
    'authenticate.failed: invalid-code',
    'authenticate.failed: account-locked',
    'cancel',
    'signOut',
  ],
  'authenticated.refreshing': [
    'session.renewed',
    'session.ended: refused',
    'refresh.deferred',
    'refresh.lost',
    'signOut',
  ],
  'authenticated.waiting': ['retry.due', 'refresh', 'signOut'],
  'authenticated.indeterminate': ['signOut'],
  signingOut: ['revoke.settled'],
}

describe('the chart', () => {
  test('the chart reaches every state of both regions', () => {
    const reached = nodes.flatMap(({ inSession, inAttempt }) => [`session.${inSession}`, `attempt.${inAttempt}`])
    expect([...new Set(reached)].toSorted()).toEqual(places.toSorted())
  })

  test.each(Object.entries(exits))('the chart leaves %s on everything that can come of it', (place, labels) => {
    const region = place.startsWith('authenticating') ? attempt : session
    for (const node of inPlace(place)) {
      const leaves = node.edges.filter((edge) => regionOf(edge.place, region) !== place).map(({ label }) => label)
      for (const label of labels.filter((name) => name !== 'retry.due' || node.inAttempt === 'idle'))
        expect(
          leaves.some((left) => left === label || left.startsWith(`${label}:`)),
          `${node.key}: ${label}`,
        ).toBe(true)
    }
  })

  test('the chart goes on to a renewal that is due in every state that holds a renewable session, whatever the attempt', () => {
    const due = nodes.flatMap(({ edges, ...node }) =>
      edges.filter(({ label }) => label === 'expiry.due' || label === 'refresh').map((edge) => ({ node, edge })),
    )
    for (const { node, edge } of due) {
      const isOpen = node.isRenewable && node.inSession !== 'authenticated.indeterminate'
      if (isOpen) expect(regionOf(edge.place, session), `${node.key}: ${edge.label}`).toBe('authenticated.refreshing')
      expect(regionOf(edge.place, attempt), `${node.key}: ${edge.label}`).toBe(node.inAttempt)
    }
  })

  test('the chart always lets a user sign in', () => {
    for (const { key, inSession, edges } of stored) {
      const target = edges.find(({ label }) => label === 'signIn')?.place ?? ''
      // while restoring it is queued, and comes first when that is done
      expect(regionOf(target, attempt), key).toBe(inSession === 'restoring' ? 'queued' : 'authenticating.submitting')
    }
    for (const node of inPlace('queued')) {
      for (const { label, place } of node.edges.filter(({ label: name }) => name.startsWith('restore.'))) {
        expect(regionOf(place, attempt), label).toBe('authenticating.submitting')
      }
    }
  })

  test('the chart always lets a signed-in user sign out, at once, and gives up a sign-in with it', () => {
    for (const { key, edges } of inPlace('authenticated')) {
      expect(edges.find(({ label }) => label === 'signOut')?.place, key).toBe('signingOut + idle')
    }
  })

  test('the chart changes nothing about the session when a sign-in begins, fails or is given up', () => {
    const labels = ['signIn', 'signUp', 'answerChallenge', 'cancel', 'challenge.lapsed']
    for (const { key, inSession, edges } of nodes) {
      for (const { label, place } of edges) {
        if (!labels.includes(label) && !/^authenticate\.(failed|challenged)/.test(label)) continue
        expect(regionOf(place, session), `${key}: ${label}`).toBe(inSession)
      }
    }
  })

  test('the chart changes nothing about a sign-in when something happens to the session', () => {
    for (const { key, inAttempt, edges } of inPlace('authenticated')) {
      for (const { label, place } of edges) {
        if (!/^(session|expiry|refresh|retry|tabs)\b/.test(label)) continue
        expect(regionOf(place, attempt), `${key}: ${label}`).toBe(inAttempt)
      }
    }
  })

  test('the chart holds a session only while a user is signed in', () => {
    for (const { key, inSession, isHeld } of nodes) expect(isHeld, key).toBe(inSession.startsWith('authenticated.'))
  })

  test('the chart knows of an attempt only while one is queued or under way', () => {
    for (const { key, inAttempt, isAttempted } of nodes)
      expect(isAttempted, key).toBe(inAttempt === 'queued' || inAttempt.startsWith('authenticating.'))
  })

  test('the chart opens no door from an ended session but a sign-in, here or in another tab', () => {
    const doors = ['authenticate.granted', 'authenticate.granted, without a refresh token', 'tabs.signedIn']
    for (const { inSession, key, edges } of nodes) {
      if (!['expired', 'signedOut', 'signingOut', 'anonymous'].includes(inSession)) continue
      for (const edge of edges) {
        if (edge.place.startsWith('authenticated.')) expect(doors, `${key}: ${edge.label}`).toContain(edge.label)
      }
    }
  })

  test('the chart names every effect that it invokes', () => {
    expect(invocations.map(({ id }) => id)).toEqual(invocations.map(({ src }) => src))
    expect(new Set(invocations.map(({ src }) => String(src)))).toEqual(
      new Set([
        'answerChallenge',
        'authenticate',
        'awaitRetry',
        'confirmUser',
        'refresh',
        'restore',
        'revoke',
        'watchAge',
        'watchChallenge',
        'watchExpiry',
        'watchSession',
        'watchTabs',
      ]),
    )
  })

  test('the chart tells the story and does nothing: no await, no clock, no chance, no outside world', () => {
    const folder = new URL('../../core/src/machine/', import.meta.url)
    for (const file of readdirSync(folder)) {
      const code = readFileSync(new URL(file, folder), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
      expect(code, file).not.toMatch(/\bawait\b|\bDate\b|Math\.random|\bfetch\(|\bwindow\b|setTimeout/)
    }
  })
})
