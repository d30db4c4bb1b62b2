import { useEffect, useRef, type ComponentProps } from 'react'
import { useDemo } from '../demo.tsx'

export interface HeadingProps extends ComponentProps<'h1'> {
  /** What the page is about is still loading. */
  readonly isPending?: boolean
}

/** The heading of a page: the document has its name, and a lost focus goes on there. */
export function Heading({ isPending = false, children, ...props }: HeadingProps) {
  const demo = useDemo()
  const heading = useRef<HTMLHeadingElement>(null)
  // each time: what it says may have changed
  useEffect(() => {
    if (heading.current) demo.pages.enter(heading.current, isPending)
  })

  return (
    <h1 tabIndex={-1} ref={heading} {...props}>
      {children}
    </h1>
  )
}
