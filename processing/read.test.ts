import { expect } from 'chai'
import type { Received } from '#shared/bus/bus.ts'
import { rejectedOf } from '#shared/records/rejected.ts'
import { readDimension, readEach, readRejected } from './read.ts'

const message = (value: string, offset: string): Received => ({
  key: '',
  value: Buffer.from(value),
  headers: {},
  partition: 3,
  offset,
  timestampMs: 0,
})

describe('reading messages', () => {
  it('keeps what can be read, and says of the rest where it lies and what is wrong', () => {
    const target = { v: 1, kind: 'target', id: ' s1 ', source: 't', version: 1 }
    const attributes = { scope: 'store', day: '2024-05-01', grain: 'month', amount: '10' }
    const { read, unreadable } = readEach(
      [message('not JSON', '7'), message(JSON.stringify({ ...target, attributes: { ...attributes, extra: 1 } }), '8')],
      readDimension,
    )
    expect(read).to.deep.equal([])
    expect(unreadable.map(({ source, file, line, rule }) => [source, file, line, rule])).to.deep.equal([
      ['dimensions', 'dimensions/3', 7, 'message'],
      ['dimensions', 'dimensions/3', 8, 'message'],
    ])
  })

  it('keeps a trace of what lies among the rejected records and is none', () => {
    const why = { source: 's', file: 'f', line: 1, field: 'x', rule: 'number', message: 'wrong', raw: 'a' }
    const record = rejectedOf('ingestion', why, new Date())
    const { read, unreadable } = readEach([message(JSON.stringify(record), '1'), message('{}', '2')], readRejected)
    expect(read).to.deep.equal([record])
    expect(unreadable.map(({ file, line, field, raw }) => [file, line, field, raw])).to.deep.equal([
      ['sales.rejected/3', 2, 'v', '{}'],
    ])
  })
})
