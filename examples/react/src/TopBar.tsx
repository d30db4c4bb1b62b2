import { paths } from '@authchart/example-shared'
import { Can, useAuth, useUser } from '@authchart/react'
import { Link, NavLink } from 'react-router'

export function TopBar() {
  const { signOut } = useAuth()
  const user = useUser()

  return (
    <header className="top">
      <Link className="brand" to={paths.home}>
        <svg width="26" height="26" viewBox="0 0 24 24" aria-hidden="true">
          <rect width="24" height="24" rx="6" fill="currentColor" />
          <g fill="none" stroke="var(--paper)" strokeWidth="2.4" strokeLinecap="round" strokeLinejoin="round">
            <path d="M7 16.5 12 7l5 9.5" />
          </g>
          <circle cx="12" cy="15.5" r="1.7" fill="var(--paper)" />
        </svg>
        Authchart <span className="tag">React</span>
      </Link>
      {user && (
        <>
          <nav className="pages" aria-label="Pages">
            <NavLink to={paths.home} end data-testid="nav-home">
              Posts
            </NavLink>
            <NavLink to={paths.admin} data-testid="nav-admin">
              Admin <Can guard="isAdmin" fallback={<Lock />} />
            </NavLink>
          </nav>
          <div className="who">
            <span className="chip">
              <span className="avatar" aria-hidden="true">
                {(user.name ?? user.email ?? '?').slice(0, 1)}
              </span>
              <span className="chip-name" data-testid="user-name">
                {user.name ?? user.email}
              </span>
              {user.role && (
                <span className="role" data-testid="user-role">
                  {user.role}
                </span>
              )}
            </span>
            <button type="button" className="button button-small" data-testid="sign-out" onClick={() => void signOut()}>
              Sign out
            </button>
          </div>
        </>
      )}
    </header>
  )
}

function Lock() {
  return (
    <svg width="14" height="14" viewBox="0 0 24 24" role="img" aria-label="(not for this account)">
      <path
        d="M7 11V8a5 5 0 0 1 10 0v3M6 11h12v9H6z"
        fill="none"
        stroke="currentColor"
        strokeWidth="2.2"
        strokeLinejoin="round"
      />
    </svg>
  )
}
