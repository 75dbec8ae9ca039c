import { expect } from 'chai'
import { metadataJson, metadataXml, serviceDocument } from './metadata.ts'
import { entitySets } from './model.ts'

describe('the model of the OData feed', () => {
  it('names every key among the properties, and scopes every set', () => {
    for (const { key, properties, from, fromWide } of Object.values(entitySets)) {
      expect(Object.keys(properties)).to.include.members([...key])
      expect(from).to.include('{{scope}}')
      if (fromWide !== undefined) expect(fromWide).to.include('{{scope}}')
    }
  })

  it('says the same in XML and JSON', () => {
    const xml = metadataXml()
    const json = metadataJson()
    for (const { name, entity, properties } of Object.values(entitySets)) {
      expect(xml).to.include(`<EntitySet Name="${name}" EntityType="DataApp.${entity}">`)
      expect(json).to.have.nested.property(`DataApp.${entity}.$Kind`, 'EntityType')
      for (const property of Object.keys(properties)) expect(xml).to.include(`<Property Name="${property}"`)
    }
    expect(xml).to.include('<Property Name="Revenue" Type="Edm.Decimal" Precision="38" Scale="6" Nullable="false">')
  })

  it('lists the sets at its address', () => {
    expect(serviceDocument('/odata/v4').value).to.deep.include({ name: 'Lines', kind: 'EntitySet', url: 'Lines' })
  })
})
