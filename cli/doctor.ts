import { Command } from 'commander'
import { z } from 'zod'
import { parseConfig } from '#shared/config.ts'
import { doJob } from './job.ts'

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
      const health = healthSchema.parse(await doJob(parseConfig(process.env), { job: 'doctor' }))
      if (!health.ok) process.exitCode = 1
      if (options.json === true) return console.log(JSON.stringify(health))
      for (const { name, ok, message, hint } of health.findings)
        console.log(`  ${ok ? '✓' : '✗'} ${name.padEnd(12)} ${message}${hint === '' ? '' : `\n      ${hint}`}`)
      for (const { kind, days, oldest, overdue } of health.retention)
        console.log(`  ${overdue ? '✗' : '✓'} ${kind.padEnd(12)} kept ${days} days; oldest: ${oldest || 'none'}`)
    })
}
