#!/usr/bin/env bash
# Brings the real parts that the tests run against: Kafka, Postgres, Keycloak, moto, DuckDB and Chromium. Run again, it does only what is missing.
set -euo pipefail

parts="${TEST_PARTS:-$HOME/.cache/dataapp-parts}"
mkdir -p "$parts"

missing=()
command -v java >/dev/null || missing+=(default-jre-headless)
command -v mvn >/dev/null || missing+=(maven)
command -v kcat >/dev/null || missing+=(kcat)
command -v openssl >/dev/null || missing+=(openssl)
command -v chromium >/dev/null || missing+=(chromium)
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv)
if [ "${#missing[@]}" -gt 0 ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
  else
    echo "not here, and not root on a Debian to bring them: ${missing[*]}" >&2
  fi
fi

dependency() {
  printf '<dependency><groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version></dependency>' "$1" "$2" "$3"
}

# Collects the jars beside their place and moves them there at the end, so that what is there is always complete.
kafka() {
  local version=$1 wanted=$2
  local place="$parts/kafka-$version"
  if [ -f "$place/kafka_2.13-$version.jar" ]; then return; fi
  local work
  work=$(mktemp -d "$parts/kafka-$version.XXXXXX")
  cat >"$work/pom.xml" <<XML
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>parts</groupId><artifactId>kafka</artifactId><version>1</version>
  <dependencies>$wanted</dependencies>
</project>
XML
  mvn --quiet --batch-mode --file "$work/pom.xml" dependency:copy-dependencies \
    -DoutputDirectory="$work/jars" -DincludeScope=runtime
  rm -rf "$place"
  mv "$work/jars" "$place"
  rm -r "$work"
}

kafka 3.9.2 "$(dependency org.apache.kafka kafka_2.13 3.9.2)"
kafka 4.3.1 "$(dependency org.apache.kafka kafka_2.13 4.3.1)$(dependency org.apache.logging.log4j log4j-slf4j-impl 2.25.3)"

keycloak() {
  local version=$1
  local place="$parts/keycloak-$version"
  if [ -f "$place/bin/kc.sh" ]; then return; fi
  local work
  work=$(mktemp -d "$parts/keycloak-$version.XXXXXX")
  echo '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>parts</groupId><artifactId>keycloak</artifactId><version>1</version></project>' \
    >"$work/pom.xml"
  mvn --quiet --batch-mode --file "$work/pom.xml" dependency:get \
    -Dartifact="org.keycloak:keycloak-quarkus-dist:$version:zip" -Dtransitive=false
  mvn --quiet --batch-mode --offline --file "$work/pom.xml" dependency:copy \
    -Dartifact="org.keycloak:keycloak-quarkus-dist:$version:zip" -DoutputDirectory="$work"
  python3 -m zipfile -e "$work/keycloak-quarkus-dist-$version.zip" "$work"
  chmod +x "$work/keycloak-$version/bin/kc.sh"
  rm -rf "$place"
  mv "$work/keycloak-$version" "$place"
  rm -r "$work"
}

keycloak 26.4.2

if [ ! -x "$parts/moto/bin/moto_server" ]; then
  python3 -m venv "$parts/moto"
  "$parts/moto/bin/pip" install --quiet 'moto[server]'
fi

if [ ! -x "$parts/duckdb/bin/python" ] || ! "$parts/duckdb/bin/python" -c 'import duckdb' 2>/dev/null; then
  python3 -m venv "$parts/duckdb"
  "$parts/duckdb/bin/pip" install --quiet duckdb
fi
