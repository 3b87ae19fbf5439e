#!/bin/sh
# Makes the platform read the Key Vault references of the app settings again. Provisioning writes them before keys.sh creates the keys,
# and the platform keeps what it read, a failure included, for up to 24 hours.
set -eu
app="/subscriptions/$AZURE_SUBSCRIPTION_ID/resourceGroups/$AZURE_RESOURCE_GROUP/providers/Microsoft.Web/sites/$RELAIS_APP_NAME"
az rest --method post --url "$app/config/configreferences/appsettings/refresh?api-version=2022-03-01" --output none
