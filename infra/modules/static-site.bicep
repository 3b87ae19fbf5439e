metadata description = 'Static site for the administration pages.'

import { Tags } from '../types.bicep'

param name string
param location string

@description('azd deploys the service of this name into the site.')
param serviceName string
param tags Tags
param sku 'Free' | 'Standard'

resource site 'Microsoft.Web/staticSites@2024-11-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': serviceName })
  sku: {
    name: sku
    tier: sku
  }
  properties: {}
}

output url string = 'https://${site.properties.defaultHostname}'
