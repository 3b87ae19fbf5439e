targetScope = 'subscription'

metadata description = 'Everything that Relais needs on Azure. docs/deploy.md explains each resource and each role.'

import { Deployers } from 'types.bicep'
import { sizes } from 'sizes.bicep'

@description('Name of the environment; part of every resource name.')
@minLength(2)
@maxLength(12)
param environmentName string

@description('A region that offers Flex Consumption and PostgreSQL flexible servers.')
param location string

@description('dev: the smallest that works. prod: no cold start, zone-redundant storage, 35 days of backups, keys that cannot be purged.')
param size 'dev' | 'prod'

param deployers Deployers

@description('Alerts and budget warnings go to this address.')
param contactEmail string

@description('Budget of a month in the currency of the billing account; 0: no budget.')
@minValue(0)
param monthlyBudget int

@description('First day of the month in which the budget is created. It must stay the same: Azure refuses to change the start date of a budget.')
param budgetStartDate string

@description('On: database, vault and storage are reached through private endpoints only.')
param privateNetwork bool

@description('IPv4 addresses from which deployers reach database and vault.')
param deployerAddresses string[]

@description('The address that providers call, without /api. Empty: the address that Azure gives the app.')
param publicUrl string

@description('Issuer of access tokens; empty: only API keys work.')
param accessIssuer string

@description('What tokens must be meant for.')
param accessAudience string

@description('On: every person who signs in may create a tenant.')
param accessSignUp bool

@description('Ids of the keys that open provider tokens; each has a secret secrets-<id> in the vault.')
@minLength(1)
param sealingKeyIds string[]

@description('The key that seals provider tokens from now on.')
param activeSealingKeyId string

@description('On: a second app accepts webhooks while the first one cannot. Its code comes with the service webhook-backup of azure.yaml.')
param backupApp bool

@description('A region other than that of the main app, so that one failure does not stop both.')
param backupLocation string

@description('On: a static site for the administration pages.')
param staticSite bool

@description('A region that offers static sites.')
param staticSiteLocation string

@description('Further origins whose pages may call the API, such as a custom domain of the static site.')
param allowedOrigins string[]

var choices = sizes[size]
var token = uniqueString(subscription().id, environmentName, location)
var tags = { 'azd-env-name': environmentName }
var databaseName = 'relais'
var appName = 'func-relais-${environmentName}-${token}'
var backupName = 'func-backup-${environmentName}-${token}'
var appIdentityName = 'id-relais-${environmentName}-app'
var backupIdentityName = 'id-relais-${environmentName}-backup'
// the names of Platform/Queues/QueueNames.cs, which a test compares
var queueNames = ['process-webhook', 'recheck-erasure', 'resolve-unknown-outcomes', 'wake-sender']

resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: 'rg-relais-${environmentName}'
  location: location
  tags: tags
}

module appIdentity 'modules/identity.bicep' = {
  scope: group
  params: {
    name: appIdentityName
    location: location
    tags: tags
  }
}

// A database role belongs to one identity: relais_system gets its own.
module systemIdentity 'modules/identity.bicep' = {
  scope: group
  params: {
    name: 'id-relais-${environmentName}-system'
    location: location
    tags: tags
  }
}

module backupIdentity 'modules/identity.bicep' = if (backupApp) {
  scope: group
  params: {
    name: backupIdentityName
    location: backupLocation
    tags: tags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  dependsOn: [appIdentity, backupIdentity]
  params: {
    workspaceName: 'log-relais-${environmentName}'
    applicationInsightsName: 'appi-relais-${environmentName}'
    location: location
    tags: tags
    dailyQuotaGb: choices.dailyTelemetryGb
    publisherIdentityNames: backupApp ? [appIdentityName, backupIdentityName] : [appIdentityName]
  }
}

module storage 'modules/storage.bicep' = {
  scope: group
  dependsOn: [appIdentity]
  params: {
    name: 'strelais${token}'
    location: location
    tags: tags
    sku: choices.storageSku
    queueNames: queueNames
    appIdentityName: appIdentityName
    publicNetworkAccess: !privateNetwork
  }
}

module vault 'modules/vault.bicep' = {
  scope: group
  dependsOn: [appIdentity]
  params: {
    name: 'kv-relais-${token}'
    location: location
    tags: tags
    readerIdentityName: appIdentityName
    deployers: deployers
    publicNetworkAccess: !privateNetwork
    deployerAddresses: deployerAddresses
    purgeProtection: choices.purgeProtection
  }
}

module database 'modules/database.bicep' = {
  scope: group
  params: {
    name: 'psql-relais-${environmentName}-${token}'
    location: location
    tags: tags
    size: choices.database
    deployers: deployers
    publicNetworkAccess: !privateNetwork
    deployerAddresses: deployerAddresses
  }
}

module network 'modules/network.bicep' = if (privateNetwork) {
  scope: group
  params: {
    name: 'vnet-relais-${environmentName}'
    location: location
    tags: tags
  }
}

// group of the private endpoint, zone in which its address is found
var privateServices = [
  { groupId: 'blob', zoneName: 'privatelink.blob.${environment().suffixes.storage}' }
  { groupId: 'queue', zoneName: 'privatelink.queue.${environment().suffixes.storage}' }
  { groupId: 'table', zoneName: 'privatelink.table.${environment().suffixes.storage}' }
  { groupId: 'vault', zoneName: 'privatelink.vaultcore.azure.net' }
  { groupId: 'postgresqlServer', zoneName: 'privatelink.postgres.database.azure.com' }
]

module privateEndpoints 'modules/private-endpoint.bicep' = [
  for service in privateServices: if (privateNetwork) {
    scope: group
    params: {
      name: 'pe-relais-${environmentName}-${service.groupId}'
      location: location
      tags: tags
      subnetId: network!.outputs.endpointSubnetId
      networkId: network!.outputs.id
      targetId: service.groupId == 'vault' ? vault.outputs.id : service.groupId == 'postgresqlServer' ? database.outputs.id : storage.outputs.id
      groupId: service.groupId
      zoneName: service.zoneName
    }
  }
]

module site 'modules/static-site.bicep' = if (staticSite) {
  scope: group
  params: {
    name: 'stapp-relais-${environmentName}'
    location: staticSiteLocation
    serviceName: 'admin'
    tags: tags
    sku: choices.staticSiteSku
  }
}

module app 'modules/function-app.bicep' = {
  scope: group
  params: {
    name: appName
    location: location
    serviceName: 'app'
    tags: tags
    size: choices.app
    identityIds: [appIdentity.outputs.id, systemIdentity.outputs.id]
    deploymentContainerUrl: storage.outputs.deploymentContainerUrl
    allowedOrigins: staticSite ? concat([site!.outputs.url], allowedOrigins) : allowedOrigins
    subnetId: privateNetwork ? network!.outputs.appSubnetId : ''
  }
}

module backupStorage 'modules/storage.bicep' = if (backupApp) {
  scope: group
  dependsOn: [backupIdentity]
  params: {
    name: 'stbackup${token}'
    location: backupLocation
    tags: tags
    sku: choices.storageSku
    queueNames: []
    appIdentityName: backupIdentityName
    publicNetworkAccess: true
  }
}

module backup 'modules/function-app.bicep' = if (backupApp) {
  scope: group
  params: {
    name: backupName
    location: backupLocation
    serviceName: 'webhook-backup'
    tags: tags
    size: choices.app
    identityIds: [backupIdentity!.outputs.id]
    deploymentContainerUrl: backupStorage!.outputs.deploymentContainerUrl
    allowedOrigins: []
    subnetId: ''
  }
}

module backupSettings 'modules/function-app-settings.bicep' = if (backupApp) {
  scope: group
  dependsOn: [backup]
  params: {
    appName: backupName
    identityClientId: backupIdentity!.outputs.clientId
    blobEndpoint: backupStorage!.outputs.blobEndpoint
    queueEndpoint: backupStorage!.outputs.queueEndpoint
    tableEndpoint: backupStorage!.outputs.tableEndpoint
    applicationInsightsConnectionString: monitoring.outputs.connectionString
    settings: {}
  }
}

// Tokens serve as passwords, so that the connection strings hold none. VerifyFull: a token goes to no other server.
var connection = 'Host=${database.outputs.host};Database=${databaseName};SSL Mode=VerifyFull;Maximum Pool Size=${choices.database.poolSize};Connection Idle Lifetime=60'
var sealingKeys = toObject(
  sealingKeyIds,
  id => 'Secrets__Keys__${id}',
  id => '@Microsoft.KeyVault(SecretUri=${vault.outputs.uri}secrets/secrets-${id})'
)

module appSettings 'modules/function-app-settings.bicep' = {
  scope: group
  // with a private network the app starts when it can reach its services
  dependsOn: [privateEndpoints]
  params: {
    appName: appName
    identityClientId: appIdentity.outputs.clientId
    blobEndpoint: storage.outputs.blobEndpoint
    queueEndpoint: storage.outputs.queueEndpoint
    tableEndpoint: storage.outputs.tableEndpoint
    applicationInsightsConnectionString: monitoring.outputs.connectionString
    settings: union(sealingKeys, {
      ConnectionStrings__App: '${connection};Username=relais_app'
      ConnectionStrings__System: '${connection};Username=relais_system'
      ConnectionStrings__AppIdentity: appIdentity.outputs.clientId
      ConnectionStrings__SystemIdentity: systemIdentity.outputs.clientId
      Secrets__ActiveKey: activeSealingKeyId
      Privacy__HashKey: '@Microsoft.KeyVault(SecretUri=${vault.outputs.uri}secrets/privacy-hash-key)'
      Access__Issuer: accessIssuer
      Access__Audience: accessAudience
      Access__AllowSignUp: string(accessSignUp)
      Webhooks__PublicUrl: empty(publicUrl) ? app.outputs.url : publicUrl
      Webhooks__FallbackUrl: backupApp ? backup!.outputs.url : ''
    })
  }
}

module alerts 'modules/alerts.bicep' = {
  scope: group
  params: {
    environmentName: environmentName
    location: location
    tags: tags
    contactEmail: contactEmail
    workspaceId: monitoring.outputs.workspaceId
    databaseId: database.outputs.id
    database: choices.database
    appName: appName
  }
}

module budget 'modules/budget.bicep' = if (monthlyBudget > 0) {
  scope: group
  params: {
    name: 'relais-${environmentName}'
    amount: max(monthlyBudget, 1)
    contactEmail: contactEmail
    startDate: budgetStartDate
  }
}

output AZURE_RESOURCE_GROUP string = group.name
output RELAIS_APP_NAME string = appName
output RELAIS_APP_URL string = app.outputs.url
output RELAIS_SITE_URL string = staticSite ? site!.outputs.url : ''
output RELAIS_VAULT_NAME string = vault.outputs.name
output RELAIS_SEALING_KEYS string = join(sealingKeyIds, ' ')
output RELAIS_DATABASE_HOST string = database.outputs.host
output RELAIS_DATABASE_NAME string = databaseName
output RELAIS_DATABASE_DEPLOYER string = deployers.name
output RELAIS_APP_PRINCIPAL_ID string = appIdentity.outputs.principalId
output RELAIS_SYSTEM_PRINCIPAL_ID string = systemIdentity.outputs.principalId
