/** An IPv4 block: `first` is its lowest address as an unsigned number, `bits` the length of its prefix. */
export type Cidr = { first: number; bits: number }

/** Reads `10.0.0.0/16`. Undefined when it is not a block, or when bits beyond the prefix are set (AWS refuses those). */
export function parseCidr(text: string): Cidr | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text)
  if (match === null) return undefined
  const [a, b, c, d, bits] = match.slice(1).map(Number)
  if (a === undefined || b === undefined || c === undefined || d === undefined || bits === undefined) return undefined
  if ([a, b, c, d].some(part => part > 255) || bits > 32) return undefined
  const first = a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d
  return first % size({ first, bits }) === 0 ? { first, bits } : undefined
}

/** How many addresses a block has. */
export function size(block: Cidr): number {
  return 2 ** (32 - block.bits)
}

export function overlaps(one: Cidr, other: Cidr): boolean {
  return one.first < other.first + size(other) && other.first < one.first + size(one)
}

export function contains(outer: Cidr, inner: Cidr): boolean {
  return outer.first <= inner.first && inner.first + size(inner) <= outer.first + size(outer)
}

/** The address `offset` places after the first one, as text. */
export function addressAt(block: Cidr, offset: number): string {
  const address = block.first + offset
  return [24, 16, 8, 0].map(shift => Math.floor(address / 2 ** shift) % 256).join('.')
}

export function formatCidr(block: Cidr): string {
  return `${addressAt(block, 0)}/${block.bits}`
}
