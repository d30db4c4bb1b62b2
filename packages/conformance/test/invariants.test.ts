/** What is true of the chart as a whole: one sentence, one check. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { explore } from '../src/chart.ts'
import { promises } from '../src/promises.ts'

const { nodes, places, invocations } = explore()
const inPlace = (prefix: string) => nodes.filter(({ place }) => place.startsWith(prefix))

/** For every state that waits for somebody: what happens when that is done, fails, or takes too long. */
const exits: Readonly<Record<string, readonly string[]>> = {
  restoring: ['restore.found', 'restore.ended', 'restore.empty', 'signOut'],
  'authenticating.submitting': ['authenticate.granted', 'authenticate.failed', 'cancel', 'signOut'],
  'authenticating.challenged.awaitingCode': ['answerChallenge', 'challenge.lapsed', 'cancel', 'signOut'],
  'authenticating.challenged.verifyingCode': [
    'authenticate.granted',
    'authenticate.failed: invalid-code',
    'authenticate.failed: account-locked',
    'challenge.lapsed',
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
  'authenticated.indeterminate': ['expiry.reached after a lost renewal', 'signOut'],
  signingOut: ['revoke.settled', 'signIn'],
}

describe('the chart', () => {
  test('reaches every state', () => {
    expect([...new Set(nodes.map(({ place }) => place))].toSorted()).toEqual(places.toSorted())
  })

  test('promises something in every state, and in no other', () => {
    expect(Object.keys(promises).toSorted()).toEqual(places.toSorted())
  })

  test.each(Object.entries(exits))('leaves %s on everything that can come of it', (place, labels) => {
    for (const node of inPlace(place)) {
      const leaves = node.edges.filter((edge) => edge.place !== place).map(({ label }) => label)
      for (const label of labels)
        expect(
          leaves.some((left) => left === label || left.startsWith(`${label}:`)),
          `${node.key}: ${label}`,
        ).toBe(true)
    }
  })

  test('always lets a person sign in', () => {
    for (const { key, place, edges } of nodes.filter((node) => node.persistence === 'stored')) {
      const target = edges.find(({ label }) => label === 'signIn')?.place
      // while restoring it is queued, and comes first when that is done
      expect(target, key).toBe(place === 'restoring' ? 'restoring' : 'authenticating.submitting')
    }
    for (const node of inPlace('restoring').filter(({ isAttempted }) => isAttempted)) {
      for (const { label, place } of node.edges.filter(({ label: name }) => name.startsWith('restore.'))) {
        expect(place, label).toBe('authenticating.submitting')
      }
    }
  })

  test('always lets a signed-in person sign out, at once', () => {
    for (const { key, edges } of inPlace('authenticated')) {
      expect(edges.find(({ label }) => label === 'signOut')?.place, key).toBe('signingOut')
    }
  })

  test('holds a session only while somebody is signed in or is about to be somebody else', () => {
    for (const { key, place, isHeld } of nodes) {
      if (place.startsWith('authenticated')) expect(isHeld, key).toBe(true)
      if (isHeld) expect(place, key).toMatch(/^authenticat(ed|ing)\./)
    }
  })

  test('knows of an attempt only while one is queued or under way', () => {
    for (const { key, place, isAttempted } of nodes) {
      if (place.startsWith('authenticating')) expect(isAttempted, key).toBe(true)
      if (isAttempted) expect(place, key).toMatch(/^(restoring|authenticating\..+)$/)
    }
  })

  test('opens no door from an ended session but a sign-in, here or in another tab', () => {
    const doors = ['authenticate.granted', 'authenticate.granted, without a refresh token', 'tabs.signedIn']
    for (const { place, key, edges } of nodes) {
      if (!['expired', 'signedOut', 'signingOut', 'anonymous'].includes(place)) continue
      for (const edge of edges) {
        if (edge.place.startsWith('authenticated')) expect(doors, `${key}: ${edge.label}`).toContain(edge.label)
      }
    }
  })

  test('names every effect that it invokes', () => {
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

  test('tells the story and does nothing: no await, no clock, no chance, no outside world', () => {
    const folder = new URL('../../core/src/machine/', import.meta.url)
    for (const file of readdirSync(folder)) {
      const code = readFileSync(new URL(file, folder), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
      expect(code, file).not.toMatch(/\bawait\b|\bDate\b|Math\.random|\bfetch\(|\bwindow\b|setTimeout/)
    }
  })
})
