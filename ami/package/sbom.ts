import { createHash } from 'node:crypto'
import type { Dependency } from './dependencies.ts'

/** The bill of materials of an artifact: CycloneDX 1.6 with every package, its version, licence and digest. The same input gives the same text. */
export function billOfMaterials(name: string, version: string, dependencies: readonly Dependency[]): string {
  const components = dependencies.map(dependency => ({
    type: 'library',
    'bom-ref': purlOf(dependency),
    name: dependency.name,
    version: dependency.version,
    purl: purlOf(dependency),
    ...(dependency.license === '' ? {} : { licenses: [licenseOf(dependency.license)] }),
    ...(dependency.integrity === '' ? {} : { hashes: [hashOf(dependency.integrity)] }),
  }))
  const root = `pkg:npm/${name}@${version}`
  return `${JSON.stringify(
    {
      $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      serialNumber: `urn:uuid:${uuidOf([root, ...components.map(component => component.purl)].join('\n'))}`,
      version: 1,
      metadata: { component: { type: 'application', 'bom-ref': root, name, version } },
      components,
      dependencies: [{ ref: root, dependsOn: components.map(component => component.purl) }],
    },
    null,
    2,
  )}\n`
}

function purlOf({ name, version }: Dependency): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`
}

/** An expression such as "(MIT OR Apache-2.0)" is not an id. */
function licenseOf(license: string) {
  return /[ ()]/.test(license) ? { expression: license } : { license: { id: license } }
}

function hashOf(integrity: string) {
  const [algorithm = '', digest = ''] = integrity.split('-')
  const names: Readonly<Record<string, string>> = { sha512: 'SHA-512', sha256: 'SHA-256', sha1: 'SHA-1' }
  return { alg: names[algorithm] ?? 'SHA-512', content: Buffer.from(digest, 'base64').toString('hex') }
}

/** A name-based UUID (RFC 9562, version 8) of a text. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  const variant = ((Number.parseInt(hex.slice(16, 18), 16) & 0x3f) | 0x80).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(18, 20)}-${hex.slice(20, 32)}`
}
