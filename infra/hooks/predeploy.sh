#!/bin/sh
# Before new code is deployed: creates the keys that are missing, then the database roles and tables. Safe to repeat.
# azd gives the outputs of infra/main.bicep as environment variables; the Azure CLI is signed in as a deployer.
set -eu
cd "$(dirname "$0")/../.."

# The Entra token of the deployer is the database password. It is requested first, because keys.sh may wait for minutes,
# and after that the sign-in of a GitHub workflow gets no new token.
PGPASSWORD="$(az account get-access-token --resource-type oss-rdbms --query accessToken --output tsv)"
export PGPASSWORD

sh infra/hooks/keys.sh
sh infra/hooks/key-references.sh
exec dotnet run --project src/Database --configuration Release -- deploy
