import { type EntitySet, entitySets, type Property } from './model.ts'

const namespace = 'DataApp'
const sets = Object.values(entitySets)

/** The service's model as CSDL XML, which Power BI and Excel read first. */
export function metadataXml(): string {
  return `<?xml version="1.0" encoding="utf-8"?>
<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx">
<edmx:Reference Uri="https://oasis-tcs.github.io/odata-vocabularies/vocabularies/Org.OData.Core.V1.xml"><edmx:Include Namespace="Org.OData.Core.V1" Alias="Core"/></edmx:Reference>
<edmx:Reference Uri="https://oasis-tcs.github.io/odata-vocabularies/vocabularies/Org.OData.Capabilities.V1.xml"><edmx:Include Namespace="Org.OData.Capabilities.V1" Alias="Capabilities"/></edmx:Reference>
<edmx:DataServices>
<Schema Namespace="${namespace}" xmlns="http://docs.oasis-open.org/odata/ns/edm">
${sets.map(entityXml).join('\n')}
<EntityContainer Name="Container">
${sets.map(setXml).join('\n')}
</EntityContainer>
</Schema>
</edmx:DataServices>
</edmx:Edmx>
`
}

/** The same as CSDL JSON. */
export function metadataJson(): Record<string, unknown> {
  return {
    $Version: '4.01',
    $EntityContainer: `${namespace}.Container`,
    [namespace]: {
      ...Object.fromEntries(sets.map(set => [set.entity, entityJson(set)])),
      Container: {
        $Kind: 'EntityContainer',
        ...Object.fromEntries(
          sets.map(set => [
            set.name,
            { $Collection: true, $Type: `${namespace}.${set.entity}`, ...described(set.what) },
          ]),
        ),
      },
    },
  }
}

/** The list of entity sets at the feed's address. */
export function serviceDocument(root: string): Record<string, unknown> {
  return {
    '@odata.context': `${root}/$metadata`,
    value: sets.map(({ name }) => ({ name, kind: 'EntitySet', url: name })),
  }
}

function entityXml({ entity, key, properties }: EntitySet): string {
  const keys = key.map(name => `<PropertyRef Name="${name}"/>`).join('')
  const all = Object.entries(properties).map(([name, property]) => propertyXml(name, property, key.includes(name)))
  return `<EntityType Name="${entity}"><Key>${keys}</Key>\n${all.join('\n')}\n</EntityType>`
}

function propertyXml(name: string, { type, nullable = false, what }: Property, isKey: boolean): string {
  const facets = type === 'Decimal' ? ' Precision="38" Scale="6"' : type === 'DateTimeOffset' ? ' Precision="0"' : ''
  const may = isKey || !nullable ? ' Nullable="false"' : ''
  return `<Property Name="${name}" Type="Edm.${type}"${facets}${may}><Annotation Term="Core.Description" String="${escaped(what)}"/></Property>`
}

function setXml({ name, entity, what, properties }: EntitySet): string {
  const sealed = Object.entries(properties).flatMap(([property, { sealed: is }]) => (is === true ? [property] : []))
  const paths = sealed.map(property => `<PropertyPath>${property}</PropertyPath>`).join('')
  const restrictions =
    sealed.length === 0
      ? ''
      : `<Annotation Term="Capabilities.FilterRestrictions"><Record><PropertyValue Property="NonFilterableProperties"><Collection>${paths}</Collection></PropertyValue></Record></Annotation><Annotation Term="Capabilities.SortRestrictions"><Record><PropertyValue Property="NonSortableProperties"><Collection>${paths}</Collection></PropertyValue></Record></Annotation>`
  return `<EntitySet Name="${name}" EntityType="${namespace}.${entity}"><Annotation Term="Core.Description" String="${escaped(what)}"/>${restrictions}</EntitySet>`
}

function entityJson({ key, properties }: EntitySet): Record<string, unknown> {
  return {
    $Kind: 'EntityType',
    $Key: key,
    ...Object.fromEntries(
      Object.entries(properties).map(([name, { type, nullable = false, what }]) => [
        name,
        {
          ...(type === 'String' ? {} : { $Type: `Edm.${type}` }),
          ...(nullable ? { $Nullable: true } : {}),
          ...(type === 'Decimal' ? { $Precision: 38, $Scale: 6 } : {}),
          ...described(what),
        },
      ]),
    ),
  }
}

function described(what: string): Record<string, string> {
  return { '@Org.OData.Core.V1.Description': what }
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
