#!/bin/sh
# Creates each key of 32 random bytes that the vault does not have. An existing key is never replaced: what it sealed could not be opened any more.
set -eu

attempts=20
pause="${RELAIS_ROLE_PAUSE_SECONDS:-15}"

# Runs a command on the vault. The role that provisioning gave to the deployer takes some minutes to reach the vault: until then the command is repeated.
# A refusal for another reason, such as the firewall of the vault, fails at once.
vault() {
  attempt=1
  until az keyvault secret "$@" > /dev/null 2> "$errors"; do
    if [ "$attempt" -ge "$attempts" ] || ! grep -q -e ForbiddenByRbac -e 'Caller is not authorized' "$errors"; then
      return 1
    fi
    echo "waiting for the role Key Vault Secrets Officer to reach the vault $RELAIS_VAULT_NAME (attempt $attempt of $attempts)"
    sleep "$pause"
    attempt=$((attempt + 1))
  done
}

fail() {
  cat "$errors" >&2
  exit 1
}

create_missing() {
  if vault show --vault-name "$RELAIS_VAULT_NAME" --name "$1" --query id --output tsv; then
    return
  fi
  # any other failure, such as a vault that cannot be reached, does not mean that the key is missing
  grep -q SecretNotFound "$errors" || fail
  # through a file that only this user can read: arguments of a process are visible to others
  openssl rand -base64 32 | tr -d '\n' > "$value"
  vault set --vault-name "$RELAIS_VAULT_NAME" --name "$1" --file "$value" --encoding utf-8 --output none || fail
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
