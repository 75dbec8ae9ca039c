import { inflateRawSync, inflateSync } from 'node:zlib'

/** A file as text: what is packed in an XLSX or PDF is unpacked. */
export function textOfFile(bytes: Buffer): string {
  if (bytes.subarray(0, 2).toString('latin1') === 'PK') return unpacked(bytes)
  if (bytes.subarray(0, 4).toString('latin1') === '%PDF') return drawn(bytes)
  return bytes.toString('utf8')
}

function unpacked(zip: Buffer): string {
  const texts: string[] = []
  for (let at = zip.indexOf('PK\x03\x04', 0, 'latin1'); at >= 0; at = zip.indexOf('PK\x03\x04', at + 4, 'latin1')) {
    const start = at + 30 + zip.readUInt16LE(at + 26) + zip.readUInt16LE(at + 28)
    if (zip.readUInt16LE(at + 8) === 8) texts.push(inflateRawSync(zip.subarray(start)).toString('utf8'))
  }
  return texts.join('\n')
}

/** What a PDF shows: its text stands in pieces of hexadecimal between the distances of its letters. */
function drawn(pdf: Buffer): string {
  const texts: string[] = []
  for (let at = pdf.indexOf('stream\n'); at >= 0; at = pdf.indexOf('stream\n', at + 7)) {
    const content = pdf.subarray(at + 7, pdf.indexOf('endstream', at))
    for (const [, pieces = ''] of inflated(content).matchAll(/\[([^\]]*)\]\s*TJ/g)) {
      const hex = [...pieces.matchAll(/<([0-9a-f]*)>/gi)].map(([, piece = '']) => piece).join('')
      texts.push(Buffer.from(hex, 'hex').toString('latin1'))
    }
  }
  return texts.join('\n')
}

function inflated(content: Buffer): string {
  try {
    return inflateSync(content).toString('latin1')
  } catch {
    return content.toString('latin1')
  }
}
