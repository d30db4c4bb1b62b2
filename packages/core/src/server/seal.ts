import { CompactEncrypt, compactDecrypt } from 'jose'

/** Seals what a browser or a store keeps for the handler: neither can read it, and neither can change it. */
export interface Seal {
  readonly seal: (value: unknown) => Promise<string>
  /** What was sealed by this handler, by any of its keys. Null for anything else. */
  readonly open: (sealed: string) => Promise<unknown>
  /** A seal whose key is made of this secret too: who has the store and the keys, but not the secret, opens nothing. */
  readonly with: (secret: string) => Seal
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

interface Key {
  readonly id: string
  readonly bytes: Uint8Array
}

/**
 * JWE in its compact form, direct encryption with A256GCM (RFC 7516, RFC 7518 §5.3). The keys are made of the secrets by
 * HKDF (RFC 5869), one per purpose. The first secret seals; each of them opens.
 */
export function createSeal(secrets: () => readonly string[], purpose: string, salt = ''): Seal {
  let made: Promise<readonly Key[]> | undefined
  // not before it is needed: a Worker allows no cryptography while a module is evaluated
  const keys = () => (made ??= Promise.all(secrets().map((secret) => derive(secret, purpose, salt))))
  return {
    async seal(value) {
      const [{ id, bytes }] = (await keys()) as readonly [Key]
      const header = { alg: 'dir', enc: 'A256GCM', kid: id }
      return new CompactEncrypt(encoder.encode(JSON.stringify(value))).setProtectedHeader(header).encrypt(bytes)
    },
    async open(sealed) {
      const known = await keys()
      try {
        const pick = ({ kid }: { readonly kid?: string }): Uint8Array => {
          const key = known.find(({ id }) => id === kid)
          if (!key) throw new Error('unknown key')
          return key.bytes
        }
        const { plaintext } = await compactDecrypt(sealed, pick, {
          keyManagementAlgorithms: ['dir'],
          contentEncryptionAlgorithms: ['A256GCM'],
        })
        return JSON.parse(decoder.decode(plaintext)) as unknown
      } catch {
        return null
      }
    },
    with: (secret) => createSeal(secrets, purpose, secret),
  }
}

async function derive(secret: string, purpose: string, salt: string): Promise<Key> {
  const material = await crypto.subtle.importKey('raw', encoder.encode(secret), 'HKDF', false, ['deriveBits'])
  const bits = (info: string, length: number): Promise<ArrayBuffer> =>
    crypto.subtle.deriveBits(
      { name: 'HKDF', hash: 'SHA-256', salt: encoder.encode(salt), info: encoder.encode(info) },
      material,
      length,
    )
  const [key, name] = await Promise.all([bits(`authchart ${purpose}`, 256), bits(`authchart ${purpose} name`, 48)])
  return { id: btoa(String.fromCharCode(...new Uint8Array(name))), bytes: new Uint8Array(key) }
}
