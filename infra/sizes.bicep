metadata description = 'The two sizes of an environment. docs/deploy.md says what each costs.'

import { Size } from 'types.bicep'

var dev Size = {
  database: {
    sku: 'Standard_B1ms'
    tier: 'Burstable'
    storageGb: 32
    backupDays: 7
    geoRedundantBackup: 'Disabled'
    highAvailability: 'Disabled'
    poolSize: 2
    connectionAlert: 28
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
