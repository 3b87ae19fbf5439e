metadata description = 'The two sizes of an environment. docs/deploy.md says what each costs.'

import { Size } from 'types.bicep'

var dev Size = {
  database: {
    // Standard_B1ms accepts 35 connections: fewer than one instance of each scale group opens
    sku: 'Standard_B2s'
    tier: 'Burstable'
    storageGb: 32
    backupDays: 7
    geoRedundantBackup: 'Disabled'
    highAvailability: 'Disabled'
    poolSize: 4
    // 80 % of the 414 connections that the server accepts
    connectionAlert: 330
  }
  app: {
    memoryMb: 2048
    maximumInstances: 40
    alwaysReadyHttp: 0
  }
  storageSku: 'Standard_LRS'
  staticSiteSku: 'Free'
  purgeProtection: false
  dailyTelemetryGb: 1
}

var prod Size = {
  database: {
    sku: 'Standard_D2ds_v5'
    tier: 'GeneralPurpose'
    storageGb: 128
    backupDays: 35
    geoRedundantBackup: 'Disabled'
    highAvailability: 'Disabled'
    poolSize: 10
    // 80 % of the 844 connections that the server accepts
    connectionAlert: 680
  }
  app: {
    memoryMb: 2048
    maximumInstances: 100
    alwaysReadyHttp: 1
  }
  storageSku: 'Standard_ZRS'
  staticSiteSku: 'Standard'
  purgeProtection: true
  dailyTelemetryGb: 5
}

@export()
var sizes = {
  dev: dev
  prod: prod
}
