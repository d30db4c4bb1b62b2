import type { NodePath } from '@babel/traverse'
import type { Module } from './source.ts'

/** A line of a file, as the user opens it. */
export interface Place {
  /** Relative to the folder of the app, with `/`. */
  readonly file: string
  readonly line: number
}

/** Something that this tool does not understand. It is said, and never guessed. */
export interface Unread {
  readonly why: string
  readonly place: Place
}

/** What a page asks of the user. `by` a view it is asked wherever the view stands, also on a sign-in page. */
export type Ask = { readonly by: 'route' | 'view'; readonly place: Place } & (
  | { readonly kind: 'user' }
  | { readonly kind: 'guard'; readonly name: string }
  /** No user enters: the guard is given and is none. */
  | { readonly kind: 'closed'; readonly why: string }
  /** It may ask for more. */
  | { readonly kind: 'unread'; readonly why: string }
)

export interface Route {
  /** As its router writes it; null if it cannot be read. */
  readonly path: string | null
  readonly place: Place
  readonly asks: readonly Ask[]
  /** Open to all by its purpose: the sign-in page and its like. Null if that cannot be read. */
  readonly isEntrance: boolean | null
  /** Why nothing can be said about who may enter. */
  readonly unread: Unread | null
}

/** All routes that one reader found, and what it could not read. */
export interface Routes {
  readonly routes: readonly Route[]
  readonly unread: readonly Unread[]
  /** Paths that are open by their purpose, such as the page that says no. */
  readonly open?: readonly string[]
}

export type GuardReading =
  | { readonly kind: 'roles'; readonly roles: readonly string[] }
  | { readonly kind: 'recent'; readonly within: string }
  | { readonly kind: 'own' }
  | { readonly kind: 'unread'; readonly why: string }

export interface Guard {
  readonly name: string
  readonly place: Place
  readonly reading: GuardReading
}

/** The call of a guard in a view or a route. Null where its name cannot be read. */
export interface Use {
  readonly guard: string | null
  readonly place: Place
}

/** An expression in the code of the app, with what the parameters around it stand for. */
export interface Spot {
  readonly module: Module
  readonly path: NodePath
  readonly env: Env
}

/** The arguments of the calls that led here, by the identifiers of the parameters. */
export type Env = ReadonlyMap<unknown, Spot>

/** What an expression stands for. */
export type Resolution =
  | { readonly kind: 'node'; readonly spot: Spot }
  | { readonly kind: 'external'; readonly source: string; readonly name: string }
  | { readonly kind: 'member'; readonly of: Resolution; readonly name: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unread'; readonly why: string; readonly spot: Spot }
