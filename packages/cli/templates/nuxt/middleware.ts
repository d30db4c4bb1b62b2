/** Nothing is renewed while a page is rendered: the cookie is read, and that is all. */
export default defineEventHandler(async (event) => {
  event.context.session = await handler.readSession(event)
})
