using 'main.bicep'

var budgetStart = readEnvironmentVariable('RELAIS_BUDGET_START', '')

// azd fills the environment from « azd env set NAME value ». docs/deploy.md has the list.
param environmentName = readEnvironmentVariable('AZURE_ENV_NAME')
param location = readEnvironmentVariable('AZURE_LOCATION')
param size = readEnvironmentVariable('RELAIS_SIZE', 'dev')
param deployers = {
  objectId: readEnvironmentVariable('RELAIS_DEPLOYERS_ID')
  name: readEnvironmentVariable('RELAIS_DEPLOYERS_NAME')
  type: readEnvironmentVariable('RELAIS_DEPLOYERS_TYPE', 'Group')
}
param contactEmail = readEnvironmentVariable('RELAIS_CONTACT_EMAIL')
param monthlyBudget = int(readEnvironmentVariable('RELAIS_MONTHLY_BUDGET', '0'))
param budgetStartDate = monthlyBudget > 0 && (length(budgetStart) != 10 || !endsWith(budgetStart, '-01'))
  ? fail('Set RELAIS_BUDGET_START to the first day of the month in which the budget is created, such as 2026-11-01, or RELAIS_MONTHLY_BUDGET to 0.')
  : budgetStart
param privateNetwork = bool(readEnvironmentVariable('RELAIS_PRIVATE_NETWORK', 'false'))
param deployerAddresses = filter(split(readEnvironmentVariable('RELAIS_DEPLOYER_ADDRESSES', ''), ' '), address => !empty(address))
param publicUrl = readEnvironmentVariable('RELAIS_PUBLIC_URL', '')
param accessIssuer = readEnvironmentVariable('RELAIS_ACCESS_ISSUER', '')
param accessAudience = readEnvironmentVariable('RELAIS_ACCESS_AUDIENCE', '')
param accessSignUp = bool(readEnvironmentVariable('RELAIS_ACCESS_SIGN_UP', 'true'))
param sealingKeyIds = split(readEnvironmentVariable('RELAIS_SEALING_KEYS', 'k1'), ' ')
param activeSealingKeyId = readEnvironmentVariable('RELAIS_ACTIVE_SEALING_KEY', 'k1')
param backupApp = bool(readEnvironmentVariable('RELAIS_BACKUP_APP', 'false'))
param backupLocation = readEnvironmentVariable('RELAIS_BACKUP_LOCATION', 'eastus2')
param staticSite = bool(readEnvironmentVariable('RELAIS_STATIC_SITE', 'false'))
param staticSiteLocation = readEnvironmentVariable('RELAIS_STATIC_SITE_LOCATION', 'eastus2')
param allowedOrigins = filter(split(readEnvironmentVariable('RELAIS_ALLOWED_ORIGINS', ''), ' '), origin => !empty(origin))
