# shellcheck shell=dash disable=SC2154
# Functions of the benchmark scripts. They set label, token (of the HTTP API, if used) and
# BENCH (a folder for files, emptied here), then source this.
PATH=${BOXWALL_BIN:+$BOXWALL_BIN:}/sbin:/usr/sbin:/bin:/usr/bin
export PATH LC_ALL=C
rm -rf "${BENCH:?}"
mkdir -p "$BENCH"

# Sets now to microseconds of a monotonic clock, without starting a program.
clock() {
	# shellcheck disable=SC2034 # for the callers
	while read -r word _ now unit; do [ "$word $unit" != 'now nsecs' ] || break; done </proc/timer_list
	now=${now%???}
}

# Prints one value of a row, given in thousandths of the unit: NAME, value and unit, separated by tabs.
row() { printf '%s\t%d.%03d\t%s\n' "$label, $1" $(($2 / 1000)) $(($2 % 1000)) "$3"; } # NAME THOUSANDTHS UNIT

# Writes a request to FILE.
request() { # FILE LINE [BODY]
	size=0
	[ -z "$3" ] || size=$(wc -c <"$3")
	printf '%s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\nConnection: close\r\nContent-Length: %d\r\n\r\n' "$2" "$token" "$size" >"$BENCH/$1"
	[ -z "$3" ] || cat "$3" >>"$BENCH/$1"
}

# Sends the request in FILE; the answer is in BENCH/answer, and another STATUS ends the measurement. The sending side stays
# open until then: ten seconds after a client closes it, the daemon aborts the work.
send() { # FILE PORT STATUS
	[ -p "$BENCH/open" ] || mkfifo "$BENCH/open"
	exec 9<>"$BENCH/open"
	cat "$BENCH/$1" >&9 &
	nc 127.0.0.1 "$2" <&9 >"$BENCH/answer"
	exec 9<&-
	read -r _ status _ <"$BENCH/answer"
	[ "$status" = "$3" ] && return
	echo "$label: $1 was answered $status, not $3" >&2
	tail -n 1 "$BENCH/answer" | cut -c 1-300 >&2
	exit 1
}

# Prints the id of the change in the last answer.
change() { sed -n 's/.*"id":"\([^"]*\)".*/\1/p' "$BENCH/answer"; }

# Waits up to a minute until the daemon answers and has read the box: a JVM without a compiler starts slowly.
wait_for_daemon() {
	request ok 'GET /ok'
	request ok 'GET /ok'
	request facts 'GET /facts'
	tries=0
	until nc 127.0.0.1 8181 <"$BENCH/ok" 2>/dev/null | grep -q '^HTTP/1.1 204' && nc 127.0.0.1 8181 <"$BENCH/facts" | grep -q '^HTTP/1.1 200'; do
		tries=$((tries + 1))
		[ $tries -lt 120 ] || { echo "$label: no daemon on 127.0.0.1:8181 after a minute" >&2; exit 1; }
		sleep 0.5 # between two attempts
	done
}
