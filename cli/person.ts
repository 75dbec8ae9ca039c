import { Command, Option } from 'commander'
import { parseConfig } from '#shared/config.ts'
import { personalAttributes } from '#shared/crypto/personal.ts'
import { DataAppError } from '#shared/error.ts'
import { doJob, printResult } from './job.ts'

type Options = { kind: 'customer' | 'seller'; json?: true }

/** `dataapp person find|export|erase`: answers requests under data protection law. */
export function personCommand(): Command {
  const command = new Command('person').description('What is kept about a customer or seller')
  const kind = () => new Option('--kind <kind>', 'whose id it is').choices(['customer', 'seller']).default('customer')
  command
    .command('find')
    .description('The ids of people with this e-mail, phone, document or name')
    .addOption(new Option('--by <field>', 'what to look for').choices([...personalAttributes]).default('email'))
    .addOption(kind())
    .argument('<text>', 'the value')
    .option('--json', 'print one JSON document')
    .action(async (text: string, options: Options & { by: (typeof personalAttributes)[number] }) => {
      const job = { job: 'person-find', kind: options.kind, attribute: options.by, text } as const
      printResult(await doJob(parseConfig(process.env), job), options.json === true)
    })
  command
    .command('export <id>')
    .description('Everything kept about a person, as one JSON document')
    .addOption(kind())
    .option('--json', 'print one JSON document (always so)')
    .action(async (id: string, options: Options) => {
      printResult(await doJob(parseConfig(process.env), { job: 'person-export', kind: options.kind, id }), true)
    })
  command
    .command('erase <id>')
    .description("Destroy what makes a person's data readable, everywhere; sums stay. This can't be undone")
    .addOption(kind())
    .option('--yes', 'really do it')
    .option('--json', 'print one JSON document')
    .action(async (id: string, options: Options & { yes?: true }) => {
      if (options.yes !== true)
        throw new DataAppError('ERASE_UNCONFIRMED', `Erasing ${options.kind} ${id} can't be undone.`, {
          hint: `Export first if you need to: dataapp person export ${id}.${options.kind === 'seller' ? ' Their account is removed, too.' : ''} Then add --yes.`,
        })
      printResult(
        await doJob(parseConfig(process.env), { job: 'person-erase', kind: options.kind, id }),
        options.json === true,
      )
    })
  return command
}
