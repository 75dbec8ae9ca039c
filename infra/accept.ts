import type { TerraformResource } from 'cdktf'

/** Findings of the security scanner that we know and keep, in the metadata of the resource they are about. */
export type Accepted = { id: string; why: string }

const accepted = new WeakMap<TerraformResource, Accepted[]>()

/**
 * Says beside a resource why a finding of the scanner stays. The reason travels in the synthesized JSON (`//.accepted`), where the scan
 * looks for it: a finding that nobody accepted fails, and so does an acceptance that nothing needs.
 */
export function accept(resource: TerraformResource, id: string, why: string): void {
  const all = [...(accepted.get(resource) ?? []), { id, why }]
  accepted.set(resource, all)
  resource.addOverride('//.accepted', all)
}
