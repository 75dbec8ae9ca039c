import { Argument, Command } from 'commander'
import { tiers } from '#shared/agreement.ts'

export function startCommand(): Command {
  return new Command('start')
    .description('Run the platform: all three tiers in one process, or one of them')
    .addArgument(new Argument('[tier]', 'one tier only').choices(tiers))
    .action(() => {
      throw new Error('the tiers are not here yet')
    })
}
