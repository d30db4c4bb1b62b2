import { Hono } from 'hono'
import { z } from 'zod'
import { answer } from '../answers.ts'
import type { Emulator } from '../emulator.ts'
import type { AppEnv } from '../env.ts'
import { ApiError } from '../errors.ts'
import { callerOf, requireCaller } from '../guards.ts'
import { json } from '../input.ts'

interface PostRow {
  readonly id: string
  readonly author_id: string
  readonly author_name: string
  readonly title: string
  readonly body: string
  readonly updated_at: number
}

interface NoteRow {
  readonly id: string
  readonly text: string
  readonly created_at: number
}

const SELECT_POSTS = 'select posts.*, users.name as author_name from posts join users on users.id = posts.author_id'
const EDITORS = ['admin', 'editor']

const postChanges = z
  .object({ title: z.string().trim().min(1).max(200).optional(), body: z.string().max(5000).optional() })
  .refine(({ title, body }) => title !== undefined || body !== undefined)

/** Tables that the server guards itself, whatever the screen shows. */
export function dataRoutes(emulator: Emulator): Hono<AppEnv> {
  const { clock, db, sessions } = emulator
  const signedIn = requireCaller(emulator)
  return new Hono<AppEnv>()
    .get('/posts', async (c) => {
      await callerOf(emulator, c)
      return answer(c, emulator, { items: db.all<PostRow>(`${SELECT_POSTS} order by posts.id`).map(postView) })
    })
    .get('/posts/:id', async (c) => {
      await callerOf(emulator, c)
      const post = db.one<PostRow>(`${SELECT_POSTS} where posts.id = ?`, c.req.param('id'))
      if (!post) throw new ApiError('RECORD_NOT_FOUND')
      return answer(c, emulator, postView(post))
    })
    .patch('/posts/:id', signedIn, json(postChanges), (c) => {
      const id = c.req.param('id')
      const { user } = c.var.caller
      const post = db.one<PostRow>(`${SELECT_POSTS} where posts.id = ?`, id)
      if (!post) throw new ApiError('RECORD_NOT_FOUND')
      if (post.author_id !== user.id && !EDITORS.includes(user.role)) throw new ApiError('user/forbidden')
      const { title = post.title, body = post.body } = c.req.valid('json')
      const now = clock.now()
      db.run('update posts set title = ?, body = ?, updated_at = ? where id = ?', title, body, now, id)
      return answer(c, emulator, postView({ ...post, title, body, updated_at: now }))
    })
    .get('/admin/report', signedIn, (c) => {
      if (c.var.caller.user.role !== 'admin') throw new ApiError('user/forbidden')
      const count = (table: 'users' | 'posts' | 'notes') =>
        db.one<{ count: number }>(`select count(*) as count from ${table}`)?.count ?? 0
      return answer(c, emulator, {
        users: count('users'),
        posts: count('posts'),
        notes: count('notes'),
        sessions: sessions.count(),
        generatedAt: new Date(clock.now()).toISOString(),
      })
    })
    .get('/notes', signedIn, (c) => {
      const notes = db.all<NoteRow>(
        'select id, text, created_at from notes where owner_id = ? order by created_at, rowid',
        c.var.caller.user.id,
      )
      return answer(c, emulator, { items: notes.map(noteView) })
    })
    .post('/notes', signedIn, json(z.object({ text: z.string().trim().min(1).max(2000) })), (c) => {
      const note = { id: `note_${crypto.randomUUID()}`, text: c.req.valid('json').text, created_at: clock.now() }
      db.run('insert into notes values (?, ?, ?, ?)', note.id, c.var.caller.user.id, note.text, note.created_at)
      return answer(c, emulator, noteView(note), 201)
    })
}

function postView(post: PostRow) {
  return {
    id: post.id,
    title: post.title,
    body: post.body,
    authorId: post.author_id,
    authorName: post.author_name,
    updatedAt: new Date(post.updated_at).toISOString(),
  }
}

function noteView(note: NoteRow) {
  return { id: note.id, text: note.text, createdAt: new Date(note.created_at).toISOString() }
}
