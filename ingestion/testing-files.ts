import { crc32 } from 'node:zlib'

/** A zip of stored members, as tests need it. */
export function zipped(members: readonly (readonly [string, string])[]): Buffer {
  const parts: Buffer[] = []
  const central: Buffer[] = []
  let offset = 0
  for (const [name, text] of members) {
    const content = Buffer.from(text)
    const title = Buffer.from(name)
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50, 0)
    local.writeUInt32LE(crc32(content), 14)
    local.writeUInt32LE(content.length, 18)
    local.writeUInt32LE(content.length, 22)
    local.writeUInt16LE(title.length, 26)
    const entry = Buffer.alloc(46)
    entry.writeUInt32LE(0x02014b50, 0)
    entry.writeUInt32LE(crc32(content), 16)
    entry.writeUInt32LE(content.length, 20)
    entry.writeUInt32LE(content.length, 24)
    entry.writeUInt16LE(title.length, 28)
    entry.writeUInt32LE(offset, 42)
    parts.push(local, title, content)
    central.push(entry, title)
    offset += 30 + title.length + content.length
  }
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(members.length, 8)
  end.writeUInt16LE(members.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...parts, directory, end])
}

export type Cell = string | number | { date: number }

/** A workbook of sheets `Plan1`, `Plan2`, …: texts shared, numbers plain, dates by style. */
export function workbook(...sheets: readonly (readonly (readonly Cell[])[])[]): Buffer {
  const strings: string[] = []
  const cell = (value: Cell, column: number, row: number) => {
    const reference = `r="${String.fromCharCode(65 + column)}${row + 1}"`
    if (typeof value === 'number') return `<c ${reference}><v>${value}</v></c>`
    if (typeof value === 'object') return `<c ${reference} s="1"><v>${value.date}</v></c>`
    strings.push(value)
    return `<c ${reference} t="s"><v>${strings.length - 1}</v></c>`
  }
  const bodies = sheets.map(rows =>
    rows.map((cells, r) => `<row r="${r + 1}">${cells.map((value, c) => cell(value, c, r)).join('')}</row>`).join(''),
  )
  const each = (text: (number: number) => string) => sheets.map((_, i) => text(i + 1)).join('')
  return zipped([
    ['[Content_Types].xml', '<Types/>'],
    [
      'xl/workbook.xml',
      `<workbook><sheets>${each(n => `<sheet name="Plan${n}" sheetId="${n}" r:id="rId${n}"/>`)}</sheets></workbook>`,
    ],
    [
      'xl/_rels/workbook.xml.rels',
      `<Relationships>${each(n => `<Relationship Id="rId${n}" Target="worksheets/sheet${n}.xml"/>`)}</Relationships>`,
    ],
    ['xl/styles.xml', '<styleSheet><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'],
    ['xl/sharedStrings.xml', `<sst>${strings.map(text => `<si><t>${text}</t></si>`).join('')}</sst>`],
    ...bodies.map(
      (body, i) =>
        [`xl/worksheets/sheet${i + 1}.xml`, `<worksheet><sheetData>${body}</sheetData></worksheet>`] as const,
    ),
  ])
}
