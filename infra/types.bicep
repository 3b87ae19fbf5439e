metadata description = 'Types that several modules share.'

@export()
@description('The Entra group (or single account) that deploys: it administers the database server and writes keys into the vault.')
type Deployers = {
  @minLength(36)
  @maxLength(36)
  objectId: string

  @description('Display name of a group or an application, sign-in name of a person: it is the name of the database role.')
  @minLength(1)
  name: string
  type: 'Group' | 'ServicePrincipal' | 'User'
}

@export()
@description('All that differs between a trial and a production environment.')
type Size = {
  database: {
    sku: string
    tier: 'Burstable' | 'GeneralPurpose' | 'MemoryOptimized'
    storageGb: int
    backupDays: int
    geoRedundantBackup: 'Enabled' | 'Disabled'
    highAvailability: 'Disabled' | 'SameZone' | 'ZoneRedundant'

    @description('Connections of one instance to the database, for each of the two database roles.')
    poolSize: int

    @description('An alert is raised at this many connections, before the server refuses more.')
    connectionAlert: int
  }
  app: {
    memoryMb: 512 | 2048 | 4096
    maximumInstances: int

    @description('Instances that wait for HTTP requests; 0: the first request after a pause waits for a start.')
    alwaysReadyHttp: int
  }
  storageSku: 'Standard_LRS' | 'Standard_ZRS'
  staticSiteSku: 'Free' | 'Standard'
  purgeProtection: bool
  dailyTelemetryGb: int
}

@export()
type Tags = {
  *: string
}

@export()
@description('App settings by name.')
type Settings = {
  *: string
}
