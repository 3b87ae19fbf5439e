#!/bin/sh
# Creates each key of 32 random bytes that the vault does not have. An existing key is never replaced: what it sealed could not be opened any more.
set -eu

create_missing() {
  if az keyvault secret show --vault-name "$RELAIS_VAULT_NAME" --name "$1" --query id --output tsv > /dev/null 2> "$errors"; then
    return
  fi
  # any other failure, such as a vault that cannot be reached, does not mean that the key is missing
  if ! grep -q SecretNotFound "$errors"; then
    cat "$errors" >&2
    exit 1
  fi
  # through a file that only this user can read: arguments of a process are visible to others
  openssl rand -base64 32 | tr -d '\n' > "$value"
  az keyvault secret set --vault-name "$RELAIS_VAULT_NAME" --name "$1" --file "$value" --encoding utf-8 --output none
  echo "created the key $1"
}

umask 077
errors="$(mktemp)"
value="$(mktemp)"
trap 'rm -f "$errors" "$value"' EXIT

for id in $RELAIS_SEALING_KEYS; do
  create_missing "secrets-$id"
done
create_missing privacy-hash-key
