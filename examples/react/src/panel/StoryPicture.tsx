import type { AuthStatus } from '@authchart/core'
import { storyPicture } from '@authchart/example-shared'

export interface StoryPictureProps {
  readonly status: AuthStatus
}

const picture = { __html: storyPicture }

/** The lifecycle in six words, and which of them is true. The words stand beside it. */
export function StoryPicture({ status }: StoryPictureProps) {
  return <div className="story" data-status={status} aria-hidden="true" dangerouslySetInnerHTML={picture} />
}
