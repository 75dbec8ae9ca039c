import { z } from 'zod'
import { personalAttributes } from '#shared/crypto/personal.ts'
import { openLake } from '#shared/lake/lake.ts'
import type { Parts } from '#shared/parts.ts'
import { withLease } from '#shared/settings/lease.ts'
import { backup } from './backup.ts'
import { examine } from './doctor.ts'
import { archiveAlone } from './lake/archive.ts'
import { replay } from './lake/replay.ts'
import { erasePerson, exportPerson, findPerson } from './person.ts'

const day = z.iso.date()
const who = { kind: z.enum(['customer', 'seller']) }

/** What a command may have done by the process that has the parts open: this one, or the instance that runs on the data directory. */
export const jobSchema = z.discriminatedUnion('job', [
  z.strictObject({ job: z.literal('lake-archive') }),
  z.strictObject({ job: z.literal('lake-replay'), from: day, to: day }),
  z.strictObject({ job: z.literal('key-rotate') }),
  z.strictObject({ job: z.literal('person-export'), ...who, id: z.string() }),
  z.strictObject({ job: z.literal('person-erase'), ...who, id: z.string() }),
  z.strictObject({ job: z.literal('person-find'), ...who, attribute: z.enum(personalAttributes), text: z.string() }),
  z.strictObject({ job: z.literal('doctor') }),
  z.strictObject({ job: z.literal('backup'), directory: z.string() }),
])
export type Job = z.infer<typeof jobSchema>

/** Does it. Rejects with a coded error when it can't be done. */
export async function runJob(parts: Parts, job: Job): Promise<unknown> {
  const { config, warehouse, settings, vault } = parts
  const always = new AbortController().signal
  switch (job.job) {
    case 'lake-archive':
      return archiveAlone(parts, always)
    case 'lake-replay':
      return withLease(settings, 'lake replay', always, () => replay(warehouse, openLake(config), job.from, job.to))
    case 'key-rotate':
      return vault.rotate(() => {})
    case 'person-export':
      return exportPerson(parts, job.kind, job.id)
    case 'person-erase': {
      const erased = await erasePerson(parts, job.kind, job.id)
      await archiveAlone(parts, always)
      return erased
    }
    case 'person-find':
      return { ids: await findPerson(parts, job.kind, job.attribute, job.text) }
    case 'doctor':
      return examine(parts)
    case 'backup':
      return backup(parts, job.directory)
  }
}
