/** The pages of the apps. Both frameworks' routers have the same. */
export const paths = {
  signIn: '/sign-in',
  forbidden: '/forbidden',
  home: '/',
  admin: '/admin',
  post: (id: string) => `/posts/${id}`,
  edit: (id: string) => `/posts/${id}/edit`,
} as const
