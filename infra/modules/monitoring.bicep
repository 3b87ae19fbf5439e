metadata description = 'Log Analytics workspace and Application Insights, without keys: telemetry is accepted from Entra identities only.'

import { roles } from '../roles.bicep'
import { Tags } from '../types.bicep'

param workspaceName string
param applicationInsightsName string
param location string
param tags Tags

@description('Telemetry over this many gigabytes a day is dropped until the next day.')
param dailyQuotaGb int

@description('The identities that send telemetry.')
param publisherIdentityNames string[]

resource publishers 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = [
  for identityName in publisherIdentityNames: {
    name: identityName
  }
]

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' = {
  name: workspaceName
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: 30
    workspaceCapping: { dailyQuotaGb: dailyQuotaGb }
  }
}

resource applicationInsights 'Microsoft.Insights/components@2020-02-02' = {
  name: applicationInsightsName
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    DisableLocalAuth: true
  }
}

resource assignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (identityName, index) in publisherIdentityNames: {
    name: guid(applicationInsights.id, identityName, roles.monitoringMetricsPublisher)
    scope: applicationInsights
    properties: {
      principalId: publishers[index].properties.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.monitoringMetricsPublisher)
      description: 'The Functions host and the app send telemetry with this identity; Application Insights accepts no key.'
    }
  }
]

output workspaceId string = workspace.id
output connectionString string = applicationInsights.properties.ConnectionString
