import { dateWords } from '@authchart/example-shared'
import { useAuthState, useUser } from '@authchart/react'

export function Profile() {
  const user = useUser()
  const persistence = useAuthState((state) => state.persistence)
  if (!user) return null

  return (
    <section className="card stack" aria-labelledby="profile-title" data-testid="profile">
      <div className="profile-head">
        <span className="avatar avatar-large" aria-hidden="true">
          {(user.name ?? user.email ?? '?').slice(0, 1)}
        </span>
        <div>
          <h2 id="profile-title">{user.name ?? user.email}</h2>
          <p className="soft" data-testid="user-email">
            {user.email}
          </p>
        </div>
      </div>
      <dl className="facts">
        <div>
          <dt>Role</dt>
          <dd>{user.role ?? 'none'}</dd>
        </div>
        <div>
          <dt>E-mail</dt>
          <dd>{user.emailVerified ? 'confirmed' : 'not confirmed'}</dd>
        </div>
        {user.createdAt && (
          <div>
            <dt>Since</dt>
            <dd>{dateWords(user.createdAt)}</dd>
          </div>
        )}
        <div>
          <dt>Session</dt>
          <dd>{persistence === 'stored' ? 'survives a reload' : 'until this page closes'}</dd>
        </div>
      </dl>
    </section>
  )
}
