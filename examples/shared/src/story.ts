/** The lifecycle in six words, as `pnpm diagram` draws it. The stylesheet lights the status that the page has. */
export { default as storyPicture } from '../../../docs/pictures/story-narrow.svg?raw'
