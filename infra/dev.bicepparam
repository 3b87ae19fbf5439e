using 'main.bicep'
extends 'main.bicepparam'

param environmentName = 'dev'
param size = 'dev'
