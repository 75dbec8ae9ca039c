import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { type Mirror, type Ran, run } from './tool.ts'

/** A folder with a synthesized stack and Terraform over it. */
export type Workspace = { folder: string; terraform(...args: string[]): Promise<Ran>; remove(): void }

const stack = z.looseObject({
  terraform: z.looseObject({ required_providers: z.looseObject({ aws: z.looseObject({ version: z.string() }) }) }),
  provider: z.looseObject({ aws: z.array(z.looseObject({})) }),
})

/** Terraform with a provider that is already on this machine: nothing is fetched, nothing is kept, and `environment` says which AWS is meant. */
export function openWorkspace(
  terraform: string,
  mirror: Mirror,
  json: string,
  environment: Record<string, string>,
): Workspace {
  const folder = mkdtempSync(join(tmpdir(), 'dataapp-terraform-'))
  const content = stack.parse(JSON.parse(json))
  // The deployment pins 6.x. An older provider that lies here still knows the attributes that are used.
  content.terraform.required_providers.aws.version = mirror.version
  delete content.terraform.backend
  for (const aws of content.provider.aws) {
    Object.assign(aws, { s3_use_path_style: true, skip_credentials_validation: true, skip_metadata_api_check: 'true' })
  }
  writeFileSync(join(folder, 'cdk.tf.json'), JSON.stringify(content))
  writeFileSync(join(folder, 'terraform.rc'), '')
  const env = {
    TF_CLI_CONFIG_FILE: join(folder, 'terraform.rc'),
    CHECKPOINT_DISABLE: '1',
    TF_IN_AUTOMATION: '1',
    ...environment,
  }
  return {
    folder,
    terraform: (command = 'version', ...args) =>
      run(terraform, [command, ...(command === 'init' ? [`-plugin-dir=${mirror.folder}`] : []), ...args, '-no-color'], {
        cwd: folder,
        env,
        seconds: 300,
      }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
