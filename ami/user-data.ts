/** What the first boot of a machine must know: where it is and where it reads what it shall be. */
export type UserDataPlan = { region: string; parameters: string }

/**
 * The script cloud-init runs once. It only fetches the install scripts, checks them and hands over, so that it never has to change: a changed
 * user data would stop the machine. No shell braces: in the synthesized file they would be Terraform's.
 */
export function userData({ region, parameters }: UserDataPlan): string {
  return `#!/bin/bash
# DataApp: from a bare instance to a tier. Safe to run again. Says what it does in /var/log/dataapp-boot.log.
set -euo pipefail
export AWS_DEFAULT_REGION=${region}
PARAMETERS=${parameters}
exec > >(tee -a /var/log/dataapp-boot.log) 2>&1

try() { # seconds what command...: again every 5 seconds until it works, not longer than so many seconds
  local until=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    if [ "$SECONDS" -ge "$until" ]; then
      echo "dataapp: gave up on: $what" >&2
      return 1
    fi
    sleep 5
  done
}

bundle() { aws ssm get-parameter --with-decryption --name "$PARAMETERS/bundle" --query Parameter.Value --output text >/run/dataapp-bundle; }
fetch() { aws s3 cp --only-show-errors "s3://$1/$2" /run/dataapp-machine.tar.gz; }

try 300 'reading what to install' bundle
read -r BUCKET KEY SHA256 </run/dataapp-bundle
try 300 "fetching $KEY" fetch "$BUCKET" "$KEY"
echo "$SHA256  /run/dataapp-machine.tar.gz" | sha256sum --check --quiet
mkdir -p /opt/dataapp/machine
tar -xzf /run/dataapp-machine.tar.gz -C /opt/dataapp/machine --strip-components=1 --no-same-owner
/opt/dataapp/machine/install.sh
/opt/dataapp/machine/first-boot.sh "$AWS_DEFAULT_REGION" "$PARAMETERS"
`
}
