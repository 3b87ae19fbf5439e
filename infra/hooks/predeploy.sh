#!/bin/sh
# Before new code is deployed: creates the keys that are missing, then the database roles and tables. Safe to repeat.
# azd gives the outputs of infra/main.bicep as environment variables; the Azure CLI is signed in as a deployer.
set -eu
cd "$(dirname "$0")/../.."
sh infra/hooks/keys.sh
sh infra/hooks/key-references.sh
sh infra/hooks/database.sh
