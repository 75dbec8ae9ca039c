import { Command } from 'commander'
import { z } from 'zod'
import { parseConfig } from '#shared/config.ts'
import { findRunning } from '#shared/home.ts'
import { examineAlone } from './examination.ts'
import { doJob } from './job.ts'
import { hasServers } from './parts.ts'

const healthSchema = z.object({
  ok: z.boolean(),
  findings: z.array(z.object({ name: z.string(), ok: z.boolean(), message: z.string(), hint: z.string() })),
  retention: z.array(z.object({ kind: z.string(), days: z.number(), oldest: z.string(), overdue: z.boolean() })),
})

/** `dataapp doctor`: exit status 1 when anything is not well. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('Look at everything this installation stands on')
    .option('--json', 'print one JSON document')
    .action(async (options: { json?: true }) => {
      const config = parseConfig(process.env)
      const isAlone = findRunning(config)?.processing === undefined && hasServers(config)
      const health = isAlone ? await examineAlone(config) : healthSchema.parse(await doJob(config, { job: 'doctor' }))
      if (!health.ok) process.exitCode = 1
      if (options.json === true) console.log(JSON.stringify(health))
      else print(health)
      // What still tries to reach a part that is away would keep the process for a minute.
      if (isAlone && !health.ok) process.stdout.write('', () => process.exit())
    })
}

function print({ findings, retention }: z.infer<typeof healthSchema>): void {
  for (const { name, ok, message, hint } of findings)
    console.log(`  ${ok ? '✓' : '✗'} ${name.padEnd(12)} ${message}${hint === '' ? '' : `\n      ${hint}`}`)
  for (const { kind, days, oldest, overdue } of retention)
    console.log(`  ${overdue ? '✗' : '✓'} ${kind.padEnd(12)} kept ${days} days; oldest: ${oldest || 'none'}`)
}
