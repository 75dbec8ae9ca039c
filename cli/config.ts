import { Command } from 'commander'
import { parseConfig, showConfig } from '#shared/config.ts'

export function configCommand(): Command {
  return new Command('config')
    .description('Print the settings in force; secrets are never shown')
    .option('--json', 'one JSON document on stdout')
    .action((options: { json?: true }) => {
      const shown = showConfig(parseConfig(process.env))
      if (options.json) process.stdout.write(`${JSON.stringify(shown)}\n`)
      else
        for (const [key, value] of Object.entries(shown))
          process.stdout.write(`${key.padEnd(36)} ${value === null ? '–' : String(value)}\n`)
    })
}
