metadata description = 'Key Vault for the keys that seal provider tokens and hash erased addresses. The deployment scripts create the secrets; no template knows their values.'

import { roles } from '../roles.bicep'
import { Deployers, Tags } from '../types.bicep'

@minLength(3)
@maxLength(24)
param name string
param location string
param tags Tags

@description('The identity that reads the keys for the app.')
param readerIdentityName string
param deployers Deployers

@description('Off: only private endpoints and the deployers\' addresses reach the vault.')
param publicNetworkAccess bool

@description('IPv4 addresses from which deployers create keys while public access is off.')
param deployerAddresses string[]

@description('On: a deleted vault cannot be purged, so that keys survive a mistaken removal.')
param purgeProtection bool

var reachableByDeployers = publicNetworkAccess || !empty(deployerAddresses)

resource reader 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: readerIdentityName
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: purgeProtection ? 90 : 7
    enablePurgeProtection: purgeProtection ? true : null
    publicNetworkAccess: reachableByDeployers ? 'Enabled' : 'Disabled'
    networkAcls: {
      bypass: 'None'
      defaultAction: publicNetworkAccess ? 'Allow' : 'Deny'
      ipRules: [for address in deployerAddresses: { value: address }]
    }
  }
}

resource readerRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, readerIdentityName, roles.keyVaultSecretsUser)
  scope: vault
  properties: {
    principalId: reader.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.keyVaultSecretsUser)
    description: 'App settings refer to the keys in the vault; the platform reads them with this identity.'
  }
}

resource deployerRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, deployers.objectId, roles.keyVaultSecretsOfficer)
  scope: vault
  properties: {
    principalId: deployers.objectId
    principalType: deployers.type
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.keyVaultSecretsOfficer)
    description: 'The deployment creates missing keys, and deployers rotate them.'
  }
}

output id string = vault.id
output name string = vault.name
output uri string = vault.properties.vaultUri
