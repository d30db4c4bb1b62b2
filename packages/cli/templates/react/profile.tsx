import { Can, Protected, useRequiredUser } from '@authchart/react'

/** `Protected` closes what is on the screen at the moment in which the session ends. */
export function Profile() {
  return (
    <Protected pending={<p>One moment</p>}>
      <Details />
    </Protected>
  )
}

function Details() {
  const user = useRequiredUser()
  return (
    <>
      <p>Signed in as {user.email}.</p>
      {/* {{each role}} */}
      <Can guard="isAdmin">
        <p>You have the role admin.</p>
      </Can>
      {/* {{end}} */}
    </>
  )
}
