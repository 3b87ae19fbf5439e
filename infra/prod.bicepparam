using 'main.bicep'
extends 'main.bicepparam'

param environmentName = 'prod'
param size = 'prod'
