metadata description = 'One Flex Consumption plan with its one function app. Its settings come from function-app-settings.bicep.'

import { Size, Tags } from '../types.bicep'

param name string
param location string

@description('azd deploys the service of this name into the app.')
param serviceName string
param tags Tags
param size Size.app

@description('Resource ids of the identities that the app may use; the first one reads the package and the vault.')
@minLength(1)
param identityIds string[]
param deploymentContainerUrl string

@description('Origins whose pages may call the API.')
param allowedOrigins string[]

@description('Empty: the app has no virtual network.')
param subnetId string

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: 'plan-${name}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': serviceName })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: toObject(identityIds, id => id, id => {})
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identityIds[0]
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    siteConfig: {
      minTlsVersion: '1.2'
      cors: { allowedOrigins: allowedOrigins }
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: deploymentContainerUrl
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityIds[0]
          }
        }
      }
      runtime: {
        name: 'dotnet-isolated'
        version: '10.0'
      }
      scaleAndConcurrency: {
        instanceMemoryMB: size.memoryMb
        maximumInstanceCount: size.maximumInstances
        alwaysReady: size.alwaysReadyHttp == 0 ? [] : [
          {
            name: 'http'
            instanceCount: size.alwaysReadyHttp
          }
        ]
      }
    }
  }
}

// A publishing password would be a key to the app; azd deploys with an Entra token.
resource noPublishingPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'scm'
  properties: { allow: false }
}

resource noFtpPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'ftp'
  properties: { allow: false }
}

output name string = app.name
output url string = 'https://${app.properties.defaultHostName}'
