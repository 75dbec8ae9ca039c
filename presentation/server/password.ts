import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

/** OWASP's scrypt setting: 2^15 × 8 × 3 costs about 100 ms and 32 MiB, off the main thread. The cost is stored, so it may be raised later. */
const cost = { N: 2 ** 15, r: 8, p: 3 }
const keyBytes = 32

export const shortestPassword = 10

/** The stored form of a password: `scrypt$N$r$p$salt$key`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const key = await derive(password, salt, cost)
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64'), key.toString('base64')].join('$')
}

/** Whether the password is the one that was stored. Without a stored one it takes as long and says no, so that timing tells nothing about accounts. */
export async function checkPassword(password: string, stored: string | undefined): Promise<boolean> {
  const [, N, r, p, salt, key] = (stored ?? absent).split('$')
  const expected = Buffer.from(key ?? '', 'base64')
  const given = await derive(password, Buffer.from(salt ?? '', 'base64'), { N: Number(N), r: Number(r), p: Number(p) })
  return expected.length === given.length && timingSafeEqual(expected, given) && stored !== undefined
}

/** A password nobody chose: 20 characters that can't be mistaken for one another, 116 bits. */
export function randomPassword(): string {
  const letters = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'
  const word: string[] = []
  while (word.length < 20) {
    for (const byte of randomBytes(32)) {
      if (byte < letters.length * 4 && word.length < 20) word.push(letters.charAt(byte % letters.length))
    }
  }
  return word.join('')
}

const absent = [
  'scrypt',
  cost.N,
  cost.r,
  cost.p,
  randomBytes(16).toString('base64'),
  randomBytes(keyBytes).toString('base64'),
].join('$')

function derive(password: string, salt: Buffer, { N, r, p }: typeof cost): Promise<Buffer> {
  return new Promise((done, fail) => {
    scrypt(password.normalize('NFKC'), salt, keyBytes, { N, r, p, maxmem: 128 * N * r * 2 }, (error, key) =>
      error === null ? done(key) : fail(error),
    )
  })
}
