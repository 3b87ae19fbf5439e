metadata description = 'Alert rules, and the mail address that they reach.'

import { Size, Tags } from '../types.bicep'

param environmentName string
param location string
param tags Tags
param contactEmail string
param workspaceId string
param databaseId string
param database Size.database

@description('Application name, as telemetry has it, of the app that answers webhooks.')
param appName string

var webhookFunctions = '"WebhookRouter", "WebhookRouterBackup", "WebhookRouterLegacy", "ReceiveSmsLegacy"'

// Counters of the app whose every step is a fault, and those that a short absence of the database also raises; a test compares the names with the code.
var faultCounters = '"outcomes_not_recorded", "webhook_events_failed"'
var retriedCounters = '"messages_not_claimed", "messages_not_settled"'
var ofThisApp = 'where AppRoleName =~ "${appName}"'

// Each rule counts what its query returns over the window; a query returns one row for each thing that is wrong.
var logRules = [
  {
    name: 'app-is-silent'
    description: 'The timer SweepSendersEachMinute has not run for 15 minutes: the app does not start, or its storage cannot be reached.'
    severity: 1
    window: 'PT15M'
    query: 'AppRequests | ${ofThisApp} and Name == "SweepSendersEachMinute" | summarize runs = sum(ItemCount) | where runs == 0'
    threshold: 0
  }
  {
    name: 'webhooks-fail'
    description: 'More than 5 webhooks were answered with 5xx in 15 minutes: the provider retries them or calls the fallback URL.'
    severity: 1
    window: 'PT15M'
    query: 'AppRequests | ${ofThisApp} and Name in (${webhookFunctions}) and toint(ResultCode) >= 500 | mv-expand one = range(1, ItemCount, 1)'
    threshold: 5
  }
  {
    name: 'webhooks-are-slow'
    description: 'One webhook in twenty took longer than 10 seconds; the provider gives up at 15 seconds.'
    severity: 2
    window: 'PT15M'
    query: 'AppRequests | ${ofThisApp} and Name in (${webhookFunctions}) | summarize slowest = percentile(DurationMs, 95) | where slowest > 10000'
    threshold: 0
  }
  {
    name: 'functions-fail'
    description: 'More than 10 runs of functions failed in an hour: read the exceptions of the function in Application Insights.'
    severity: 2
    window: 'PT1H'
    query: 'AppRequests | ${ofThisApp} and Success == false and toint(ResultCode) !between (400 .. 499) | mv-expand one = range(1, ItemCount, 1)'
    threshold: 10
  }
  {
    name: 'poison-messages'
    description: 'A queue message failed five times and lies in a poison queue: docs/queues.md says what to do. The app counts them every 15 minutes.'
    severity: 2
    window: 'PT30M'
    query: 'AppMetrics | ${ofThisApp} | where Name == "poison_messages" | summarize lying = max(Max) by tostring(Properties.queue) | where lying > 0'
    threshold: 0
  }
  {
    name: 'app-counts-faults'
    description: 'The app could not store the outcome of a message, gave up a webhook event, or could not claim or settle more than 10 messages in an hour: read its log.'
    severity: 2
    window: 'PT1H'
    query: 'AppMetrics | ${ofThisApp} | where Name in (${faultCounters}, ${retriedCounters}) | summarize total = sum(Sum) by Name | where total > iff(Name in (${retriedCounters}), 10, 0)'
    threshold: 0
  }
  {
    name: 'webhooks-are-refused'
    description: 'More than 20 webhooks in an hour were ignored, duplicates aside: an auth token was replaced at the provider, or somebody tries addresses.'
    severity: 2
    window: 'PT1H'
    query: 'AppMetrics | ${ofThisApp} | where Name == "webhooks_ignored" and Properties.reason != "duplicate" | summarize total = sum(Sum) | where total > 20'
    threshold: 0
  }
  {
    name: 'telemetry-is-capped'
    description: 'The daily limit of telemetry was reached: the other alerts see nothing until the next day.'
    severity: 2
    window: 'PT1H'
    query: '_LogOperation | where Category =~ "Ingestion" and Detail has "OverQuota"'
    threshold: 0
  }
]

var databaseRules = [
  {
    name: 'database-is-down'
    description: 'The database server does not answer.'
    severity: 1
    metric: 'is_db_alive'
    aggregation: 'Maximum'
    operator: 'LessThan'
    threshold: 1
  }
  {
    name: 'database-storage'
    description: 'The database storage is 80 % full; a full disk makes it read-only.'
    severity: 2
    metric: 'storage_percent'
    aggregation: 'Average'
    operator: 'GreaterThan'
    threshold: 80
  }
  {
    name: 'database-cpu'
    description: 'The database has used more than 80 % of its processors for 15 minutes.'
    severity: 3
    metric: 'cpu_percent'
    aggregation: 'Average'
    operator: 'GreaterThan'
    threshold: 80
  }
  {
    name: 'database-connections'
    description: 'Four in five of the connections that the server accepts are open; beyond the limit it refuses more. docs/deploy.md counts them.'
    severity: 2
    metric: 'active_connections'
    aggregation: 'Maximum'
    operator: 'GreaterThan'
    threshold: database.connectionAlert
  }
]

resource mail 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-relais-${environmentName}'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'relais'
    emailReceivers: [
      {
        name: 'operators'
        emailAddress: contactEmail
        useCommonAlertSchema: true
      }
    ]
  }
}

resource logAlerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in logRules: {
    name: 'alert-relais-${environmentName}-${rule.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: rule.name
      description: rule.description
      severity: rule.severity
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: 'PT15M'
      windowSize: rule.window
      autoMitigate: true
      criteria: {
        allOf: [
          {
            query: rule.query
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: rule.threshold
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      actions: { actionGroups: [mail.id] }
      // the tables appear with the first telemetry
      skipQueryValidation: true
    }
  }
]

resource databaseAlerts 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for rule in databaseRules: {
    name: 'alert-relais-${environmentName}-${rule.name}'
    location: 'global'
    tags: tags
    properties: {
      description: rule.description
      severity: rule.severity
      enabled: true
      scopes: [databaseId]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT15M'
      autoMitigate: true
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            criterionType: 'StaticThresholdCriterion'
            name: rule.name
            metricName: rule.metric
            timeAggregation: rule.aggregation
            operator: rule.operator
            threshold: rule.threshold
          }
        ]
      }
      actions: [{ actionGroupId: mail.id }]
    }
  }
]
