#!/bin/sh
# Applies the migrations with the Entra identity of the deployer: its token is the password.
set -eu
PGPASSWORD="$(az account get-access-token --resource-type oss-rdbms --query accessToken --output tsv)"
export PGPASSWORD
exec dotnet run --project src/Database --configuration Release -- deploy
