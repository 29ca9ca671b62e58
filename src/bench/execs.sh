#!/bin/sh
# execs.sh LABEL PLAN RULES JAR TOKEN: counts the programs that each operation starts, with strace, in a namespace (space.sh), with /bin/sh.
# Background processes (a sleeping guard) are not counted after the operation has answered, sleep never.
# shellcheck disable=SC2034 # lib.sh uses them
label=$1 plan=$2 rules=$3 jar=$4 token=$5
# shellcheck source=src/bench/lib.sh
. "${0%/*}/lib.sh"
BOXWALL_STATE=$BENCH/state BOXWALL_RUN=$BENCH/run BOXWALL_CONF=/nonexistent BOXWALL_DRIFT=3600 BOXWALL_PROVE_SECONDS=600
export BOXWALL_STATE BOXWALL_RUN BOXWALL_CONF BOXWALL_DRIFT BOXWALL_PROVE_SECONDS
mkdir -p "$BOXWALL_STATE"

# Prints the number of programs in the trace. An interrupted call takes two lines; the second has the result.
programs() {
	begun=$(grep -a -c 'execve.* = 0$' "$BENCH/trace")
	sleeps=$(grep -a 'execve("[^"]*", \["sleep"' "$BENCH/trace" | grep -a -vc ' = -1 ')
	echo $((begun - sleeps))
}

# Prints the number of processes, with or without execve.
forks() { grep -a -c -E '(clone|clone3|fork|vfork)(\(| resumed).* = [0-9]+$' "$BENCH/trace"; }

traced() { strace -D -f -qq -s 64 -e trace=execve,clone,clone3,fork,vfork -e signal=none -o "$BENCH/trace" "$@"; }

# Traces one command and prints its counts.
count() { # NAME COMMAND...
	name=$1
	shift
	traced "$@" >"$BENCH/output" 2>&1 || { echo "$label: $*: status $?" >&2; cat "$BENCH/output" >&2; exit 1; }
	row "$name, programs" "$(programs)000" programs
}

# The same for a verb of boxwall-apply, and its processes.
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
	apply confirm "$(sed -n 's/^id=//p' "$BENCH/output")"
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

# Counts what the daemon starts for a request; its trace goes on.
count_request() { # NAME FILE STATUS
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
	count_request 'PUT /rules' put 200
	request apply 'POST /apply?confirm=60&force=1&replace=1'
	count_request 'POST /apply' apply 202
	request confirm "POST /confirm/$(change)"
	count_request 'POST /confirm' confirm 200
	for route in status counters facts findings; do
		request get "GET /$route"
		count_request "GET /$route" get 200
	done
}

scripts
verbs
port
