/** Puts the focus into a field that is to be corrected, with its text selected. */
export function focusField(form: HTMLFormElement, field: string | null): void {
  const input = field === null ? null : form.elements.namedItem(field)
  if (!(input instanceof HTMLInputElement)) return
  input.focus()
  input.select()
}

/** Gives the element the focus, if the one that had it went away with its screen. */
export function catchLostFocus(element: HTMLElement | null, options?: FocusOptions): void {
  const { activeElement, body } = document
  if (activeElement === null || activeElement === body) element?.focus(options)
}
