import { randomUUID } from 'node:crypto'
import type { Settings } from '#shared/settings/settings.ts'
import type { Person } from '../person.ts'
import { Problem } from '../problem.ts'
import { type Definition, definitionSchema } from './definition.ts'

export type Share = { kind: 'person' | 'role'; target: string }
type NamedShare = Share & { name: string }
export type Report = {
  id: string
  owner: string
  ownerName: string
  version: number
  definition: Definition
  updatedAt: string
  mine: boolean
}
type Row = {
  id: string
  owner: string
  owner_name: string
  version: number
  definition: unknown
  updated_at: Date
}

const columns = 'r.id, r.owner, p.name AS owner_name, r.version, r.definition, r.updated_at'
const inReach = `(r.owner = $1 OR EXISTS (SELECT 1 FROM report_shares s WHERE s.report = r.id
  AND ((s.kind = 'person' AND s.target = $1) OR (s.kind = 'role' AND s.target = $2))))`

/** Where reports are kept. What a person may not open is not found, whoever it belongs to. */
export class Shelf {
  readonly settings: Settings

  constructor(settings: Settings) {
    this.settings = settings
  }

  async list(person: Person): Promise<Report[]> {
    const rows = await this.settings.query<Row>(
      `SELECT ${columns} FROM reports r JOIN people p ON p.id = r.owner WHERE ${inReach} ORDER BY r.updated_at DESC LIMIT 500`,
      [person.id, person.role],
    )
    return rows.map(row => reportOf(row, person))
  }

  /** A report that is this person's or shared with them. */
  async open(person: Person, id: string): Promise<Report> {
    const [row] = await this.settings.query<Row>(
      `SELECT ${columns} FROM reports r JOIN people p ON p.id = r.owner WHERE ${inReach} AND r.id = $3`,
      [person.id, person.role, id],
    )
    if (row === undefined)
      throw new Problem('not-found', 'There is no such report for you. GET /api/v1/reports lists yours.')
    return reportOf(row, person)
  }

  /** A report that this person may change: their own. */
  async own(person: Person, id: string): Promise<Report> {
    const report = await this.open(person, id)
    if (!report.mine) throw new Problem('forbidden', 'Only who made a report changes it. Save a copy of your own.')
    return report
  }

  async create(person: Person, definition: Definition): Promise<Report> {
    const id = randomUUID()
    await this.settings.transaction(async query => {
      await query('INSERT INTO reports (id, owner, version, definition) VALUES ($1, $2, 1, $3)', [
        id,
        person.id,
        JSON.stringify(definition),
      ])
      await query('INSERT INTO report_versions (report, version, definition, saved_by) VALUES ($1, 1, $2, $3)', [
        id,
        JSON.stringify(definition),
        person.id,
      ])
    })
    return this.open(person, id)
  }

  /** Saves over version `version`; somebody else's newer one is not overwritten (409). */
  async save(person: Person, id: string, version: number, definition: Definition): Promise<Report> {
    await this.own(person, id)
    await this.settings.transaction(async query => {
      const [saved] = await query<{ version: number }>(
        'UPDATE reports SET definition = $3, version = version + 1, updated_at = now() WHERE id = $1 AND version = $2 RETURNING version',
        [id, version, JSON.stringify(definition)],
      )
      if (saved === undefined)
        throw new Problem('conflict', 'The report has been saved in between. Open it again to see what is there now.')
      await query('INSERT INTO report_versions (report, version, definition, saved_by) VALUES ($1, $2, $3, $4)', [
        id,
        saved.version,
        JSON.stringify(definition),
        person.id,
      ])
    })
    return this.open(person, id)
  }

  async remove(person: Person, id: string): Promise<void> {
    await this.own(person, id)
    await this.settings.query('DELETE FROM reports WHERE id = $1', [id])
  }

  async versions(person: Person, id: string): Promise<{ version: number; definition: Definition; savedAt: string }[]> {
    await this.own(person, id)
    const rows = await this.settings.query<{ version: number; definition: unknown; saved_at: Date }>(
      'SELECT version, definition, saved_at FROM report_versions WHERE report = $1 ORDER BY version DESC LIMIT 100',
      [id],
    )
    return rows.map(row => ({
      version: row.version,
      definition: definitionSchema.parse(row.definition),
      savedAt: row.saved_at.toISOString(),
    }))
  }

  async shares(person: Person, id: string): Promise<NamedShare[]> {
    await this.own(person, id)
    return this.settings.query<NamedShare>(
      `SELECT s.kind, s.target, coalesce(p.name, s.target) AS name
       FROM report_shares s LEFT JOIN people p ON s.kind = 'person' AND p.id = s.target
       WHERE s.report = $1 ORDER BY s.kind, name`,
      [id],
    )
  }

  /** Replaces with whom a report is shared. A person is named by e-mail or id; one nobody has is refused. */
  async share(person: Person, id: string, shares: readonly Share[]): Promise<NamedShare[]> {
    await this.own(person, id)
    const known = await Promise.all(shares.map(share => this.#known(share)))
    await this.settings.transaction(async query => {
      await query('DELETE FROM report_shares WHERE report = $1', [id])
      for (const { kind, target } of known)
        await query('INSERT INTO report_shares (report, kind, target) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [
          id,
          kind,
          target,
        ])
    })
    return this.shares(person, id)
  }

  async #known(share: Share): Promise<Share> {
    if (share.kind === 'role') return share
    const [row] = await this.settings.query<{ id: string }>(
      'SELECT id FROM people WHERE (id = $1 OR lower(email) = lower($1)) AND disabled_at IS NULL',
      [share.target],
    )
    if (row === undefined) throw new Problem('bad-request', `Nobody here has the e-mail ${share.target}.`)
    return { kind: 'person', target: row.id }
  }
}

function reportOf(row: Row, person: Person): Report {
  return {
    id: row.id,
    owner: row.owner,
    ownerName: row.owner_name,
    version: row.version,
    definition: definitionSchema.parse(row.definition),
    updatedAt: row.updated_at.toISOString(),
    mine: row.owner === person.id,
  }
}
