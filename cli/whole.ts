import { ingestion } from '#ingestion/main.ts'
import { presentation } from '#presentation/main.ts'
import { createSampleAccounts } from '#presentation/server/accounts.ts'
import { processing } from '#processing/main.ts'
import { announceRunning } from '#shared/home.ts'
import type { Parts, Running } from '#shared/parts.ts'
import { peopleDoor } from './people-door.ts'
import { bringSample } from './sample.ts'
import { sampleScope } from './sample-scope.ts'

/** Everything on one machine, each part in `running` as soon as it is up, so that a failure on the way stops what already runs. */
export async function startAll(parts: Parts, running: Running[]): Promise<void> {
  const { config } = parts
  const page = await presentation(parts)
  running.push(page)
  const processor = await processing(parts)
  running.push(processor)
  const intake = await ingestion(parts)
  running.push(intake)
  const people = await peopleDoor(parts)
  running.push(people)
  announceRunning(config, {
    pid: process.pid,
    dashboard: page.url,
    ingestion: intake.url,
    processing: processor.url,
    people: people.url,
  })
  say(`\n  DataApp runs at ${page.url}\n`)
  if (config.DATAAPP_SAMPLE === 'none') return
  const accounts = await createSampleAccounts(parts, sampleScope())
  if (accounts !== undefined) {
    say('  Accounts of the sample chain (kept in sample-accounts.json of the data directory):')
    for (const { email, password, role } of accounts) say(`    ${role.padEnd(8)} ${email.padEnd(28)} ${password}`)
    say('')
  }
  running.push(bringSample(parts))
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
