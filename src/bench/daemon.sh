#!/bin/sh
# daemon.sh TOKEN JAR JVM... -- COMMAND...: runs a command with a separate daemon, in a namespace (space.sh).
token=$1 jar=$2 jvm=''
shift 2
while [ "$1" != -- ]; do jvm="$jvm $1"; shift; done
shift
work=$BENCH
label=$2 BENCH=$work.daemon
# shellcheck source=src/bench/lib.sh
. "${0%/*}/lib.sh"
BOXWALL_STATE=$BENCH/state BOXWALL_RUN=$BENCH/run BOXWALL_CONF=/nonexistent BOXWALL_DRIFT=3600
export BOXWALL_STATE BOXWALL_RUN BOXWALL_CONF BOXWALL_DRIFT
mkdir -p "$BOXWALL_STATE"
(umask 077; echo "$token" >"$BOXWALL_STATE/token")
$jvm -jar "$jar" daemon >"$BENCH/daemon.log" 2>&1 &
daemon=$!
trap 'kill $daemon' EXIT
wait_for_daemon
DAEMON=$daemon BENCH=$work "$@" || { status=$?; tail -n 5 "$BENCH/daemon.log" >&2; exit $status; }
