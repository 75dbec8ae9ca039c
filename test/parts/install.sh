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

# Starts a broker once and keeps its classes as it had them: one that starts with them takes a third less of the processor. Another Java than this one does not use them.
archive() {
  local version=$1 port=$((20000 + RANDOM % 10000))
  local place="$parts/kafka-$version.jsa"
  if [ "$place" -nt "$parts/kafka-$version" ]; then return; fi
  local work java tries
  work=$(mktemp -d "$parts/kafka-$version.XXXXXX")
  java=(java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx512m "-Dkafka.logs.dir=$work")
  cat >"$work/server.properties" <<PROPERTIES
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$((port + 1))
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$((port + 1))
log.dirs=$work/data
PROPERTIES
  "${java[@]}" -cp "$parts/kafka-$version/*" kafka.tools.StorageTool format -t ZGF0YWFwcC10ZXN0LWthZg -c "$work/server.properties" >/dev/null 2>&1
  "${java[@]}" "-XX:ArchiveClassesAtExit=$work/classes.jsa" -cp "$parts/kafka-$version/*" kafka.Kafka "$work/server.properties" >"$work/said" 2>&1 &
  for ((tries = 0; tries < 600; tries++)); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || ! kill -0 $! 2>/dev/null; then break; fi
    sleep 0.1
  done
  kill $! 2>/dev/null || true
  wait $! || true
  # Brokers start without it, too.
  if [ -f "$work/classes.jsa" ]; then mv -f "$work/classes.jsa" "$place"; else tail -n 5 "$work/said" >&2; fi
  rm -rf "$work"
}

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

moto() {
  if [ -x "$parts/moto/bin/moto_server" ]; then return; fi
  python3 -m venv "$parts/moto"
  "$parts/moto/bin/pip" install --quiet 'moto[server]'
}

duckdb() {
  if [ -x "$parts/duckdb/bin/python" ] && "$parts/duckdb/bin/python" -c 'import duckdb' 2>/dev/null; then return; fi
  python3 -m venv "$parts/duckdb"
  "$parts/duckdb/bin/pip" install --quiet duckdb
}

# Beside one another, as most of it is waiting for the network; Maven's own repository takes one at a time.
lanes=()
failed=0
(
  kafka 3.9.2 "$(dependency org.apache.kafka kafka_2.13 3.9.2)"
  kafka 4.3.1 "$(dependency org.apache.kafka kafka_2.13 4.3.1)$(dependency org.apache.logging.log4j log4j-slf4j-impl 2.25.3)"
  # The version that most tests start.
  archive 4.3.1 &
  keycloak 26.4.2
  wait $!
) &
lanes+=($!)
(
  moto
  duckdb
) &
lanes+=($!)
for lane in "${lanes[@]}"; do wait "$lane" || failed=1; done
[ "$failed" = 0 ]
