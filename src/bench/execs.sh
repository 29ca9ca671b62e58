#!/bin/sh
# execs.sh LABEL PLAN RULES JAR TOKEN: the number of programs that each operation starts, by strace: in a namespace (space.sh), with the shell
# /bin/sh. Background processes (a sleeping guard) are not counted after the operation has answered, sleeps never.
# shellcheck disable=SC2034 # lib.sh uses them
label=$1 plan=$2 rules=$3 jar=$4 token=$5
# shellcheck source=src/bench/lib.sh
. "${0%/*}/lib.sh"
BOXWALL_STATE=$BENCH/state BOXWALL_RUN=$BENCH/run BOXWALL_CONF=/nonexistent BOXWALL_DRIFT=3600 BOXWALL_PROVE_SECONDS=600
export BOXWALL_STATE BOXWALL_RUN BOXWALL_CONF BOXWALL_DRIFT BOXWALL_PROVE_SECONDS
mkdir -p "$BOXWALL_STATE"

# How many programs the trace has. A call that another process interrupts is in two lines, the second with the result.
programs() {
	begun=$(grep -a -c 'execve.* = 0$' "$BENCH/trace")
	sleeps=$(grep -a 'execve("[^"]*", \["sleep"' "$BENCH/trace" | grep -a -vc ' = -1 ')
	echo $((begun - sleeps))
}

# How many processes, with a program of their own or without.
forks() { grep -a -c -E '(clone|clone3|fork|vfork)(\(| resumed).* = [0-9]+$' "$BENCH/trace"; }

traced() { strace -D -f -qq -s 64 -e trace=execve,clone,clone3,fork,vfork -e signal=none -o "$BENCH/trace" "$@"; }

# Traces one command and prints its counts.
count() { # NAME COMMAND...
	name=$1
	shift
	traced "$@" >"$BENCH/said" 2>&1 || { echo "$label: $*: status $?" >&2; cat "$BENCH/said" >&2; exit 1; }
	row "$name, programs" "$(programs)000" programs
}

# The same, and its processes, for a verb of boxwall-apply.
apply() { # VERB...
	count "boxwall-apply $1" "$BOXWALL_APPLY" "$@"
	row "boxwall-apply $1, processes" "$(forks)000" processes
}

scripts() {
	cp -r "$plan" "$BOXWALL_STATE/boot"
	apply boot
	apply status
	apply try "$plan" 60 --force
	apply revert --now
	apply try "$plan" 60 --force >"$BENCH/again"
	apply confirm "$(sed -n 's/^id=//p' "$BENCH/said")"
	rm -rf "$BOXWALL_RUN" # as after a reboot; the plan just confirmed is boot.new now
	count 'boxwall-apply boot with a trial' "$BOXWALL_APPLY" boot
	apply probe
	count "boxwall-apply probe counters" "$BOXWALL_APPLY" probe counters
}

verbs() {
	count 'check' java -jar "$jar" check "$rules"
	count 'compile' java -jar "$jar" compile "$rules" --out "$BENCH/out"
	count 'explain' java -jar "$jar" explain "$rules" in=dsl proto=tcp dport=80
	count 'facts' java -jar "$jar" facts
}

# What the daemon starts for one request: the trace goes on as long as it lives.
asked() { # NAME FILE STATUS
	before=$(programs)
	send "$2" 8181 "$3"
	row "$1, programs" "$(($(programs) - before))000" programs
}

port() {
	rm -rf "${BOXWALL_STATE:?}" "$BOXWALL_RUN"
	mkdir -p "$BOXWALL_STATE"
	(umask 077; echo "$token" >"$BOXWALL_STATE/token")
	traced java -Xmx32m -jar "$jar" daemon >"$BENCH/daemon.log" 2>&1 &
	daemon=$!
	trap 'kill $daemon' EXIT
	wait_for_daemon
	row 'daemon started, programs' "$(programs)000" programs
	request put 'PUT /rules' "$rules"
	asked 'PUT /rules' put 200
	request apply 'POST /apply?confirm=60&force=1&replace=1'
	asked 'POST /apply' apply 202
	request confirm "POST /confirm/$(change)"
	asked 'POST /confirm' confirm 200
	for route in status counters facts findings; do
		request get "GET /$route"
		asked "GET /$route" get 200
	done
}

scripts
verbs
port
