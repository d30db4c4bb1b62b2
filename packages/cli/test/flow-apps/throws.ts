function place(): string {
  try {
    return globalThis.window.location.href
  } catch (cause) {
    throw new Error('No settings', { cause })
  }
}

// oxlint-disable-next-line import/no-default-export
export default place()
