metadata description = 'PostgreSQL flexible server that takes Entra tokens only. The deployment scripts create the roles, the database and its tables.'

import { Deployers, Size, Tags } from '../types.bicep'

param name string
param location string
param tags Tags
param size Size.database
param deployers Deployers

@description('Off: only private endpoints and the deployers\' addresses reach the server.')
param publicNetworkAccess bool

@description('IPv4 addresses from which deployers apply migrations.')
param deployerAddresses string[]

var reachableByDeployers = publicNetworkAccess || !empty(deployerAddresses)

resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2024-08-01' = {
  name: name
  location: location
  tags: tags
  sku: {
    name: size.sku
    tier: size.tier
  }
  properties: {
    version: '17'
    authConfig: {
      activeDirectoryAuth: 'Enabled'
      passwordAuth: 'Disabled'
      tenantId: tenant().tenantId
    }
    storage: {
      storageSizeGB: size.storageGb
      autoGrow: 'Enabled'
    }
    backup: {
      backupRetentionDays: size.backupDays
      geoRedundantBackup: size.geoRedundantBackup
    }
    highAvailability: { mode: size.highAvailability }
    network: { publicNetworkAccess: reachableByDeployers ? 'Enabled' : 'Disabled' }
  }
}

resource administrator 'Microsoft.DBforPostgreSQL/flexibleServers/administrators@2024-08-01' = {
  parent: server
  name: deployers.objectId
  properties: {
    principalName: deployers.name
    principalType: deployers.type
    tenantId: tenant().tenantId
  }
}

// The addresses of a Flex Consumption app change, so that without a private network the server has to be open to Azure. Only Entra identities with a database role get in.
resource azureServices 'Microsoft.DBforPostgreSQL/flexibleServers/firewallRules@2024-08-01' = if (publicNetworkAccess) {
  parent: server
  name: 'azure-services'
  // the server makes one change at a time
  dependsOn: [administrator]
  properties: {
    startIpAddress: '0.0.0.0'
    endIpAddress: '0.0.0.0'
  }
}

@batchSize(1)
resource deployerRules 'Microsoft.DBforPostgreSQL/flexibleServers/firewallRules@2024-08-01' = [
  for (address, index) in deployerAddresses: {
    parent: server
    name: 'deployer-${index}'
    dependsOn: [azureServices, administrator]
    properties: {
      startIpAddress: address
      endIpAddress: address
    }
  }
]

output id string = server.id
output host string = server.properties.fullyQualifiedDomainName
