import { gzipSync } from 'node:zlib'

export type Entry = { path: string; content: Buffer; executable: boolean }

const blockSize = 512

/**
 * A gzipped tar whose bytes depend only on the entries: in the order of their paths, without owners and times (POSIX ustar, with pax headers
 * for long paths).
 */
export function pack(entries: readonly Entry[]): Buffer {
  const ordered = [...entries].sort((a, b) => (a.path < b.path ? -1 : 1))
  const parts = ordered.flatMap(entry => {
    const mode = entry.executable ? 0o755 : 0o644
    const [prefix, name] = split(entry.path)
    const long = name === undefined ? record(entry.path) : []
    return [
      ...long,
      header(prefix, name ?? entry.path.slice(-100), entry.content.length, mode, '0'),
      padded(entry.content),
    ]
  })
  const zipped = gzipSync(Buffer.concat([...parts, Buffer.alloc(2 * blockSize)]), { level: 9 })
  // The tenth byte names the system that zipped: "unknown", so that it does not matter which it was.
  zipped[9] = 255
  return zipped
}

function record(path: string): Buffer[] {
  const tail = ` path=${path}\n`
  let length = Buffer.byteLength(tail) + 1
  while (String(length).length + Buffer.byteLength(tail) !== length)
    length = String(length).length + Buffer.byteLength(tail)
  const content = Buffer.from(`${length}${tail}`)
  return [header('', 'pax', content.length, 0o644, 'x'), padded(content)]
}

/** A path as ustar has it: up to 155 bytes of folders and 100 of name. The name is undefined when that is not enough. */
function split(path: string): [string, string | undefined] {
  if (Buffer.byteLength(path) <= 100) return ['', path]
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)]
    if (Buffer.byteLength(prefix) <= 155 && Buffer.byteLength(name) <= 100) return [prefix, name]
  }
  return ['', undefined]
}

function header(prefix: string, name: string, size: number, mode: number, type: string): Buffer {
  const block = Buffer.alloc(blockSize)
  const octal = (value: number, at: number, width: number) => {
    block.write(`${value.toString(8).padStart(width - 1, '0')}\0`, at)
  }
  block.write(name, 0)
  octal(mode, 100, 8)
  octal(0, 108, 8)
  octal(0, 116, 8)
  octal(size, 124, 12)
  octal(0, 136, 12)
  block.write(' '.repeat(8), 148)
  block.write(type, 156)
  block.write('ustar\0', 257)
  block.write('00', 263)
  block.write(prefix, 345)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return block
}

function padded(content: Buffer): Buffer {
  const rest = content.length % blockSize
  return rest === 0 ? content : Buffer.concat([content, Buffer.alloc(blockSize - rest)])
}
