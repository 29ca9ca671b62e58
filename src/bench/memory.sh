#!/bin/sh
# memory.sh LABEL RULES TOKEN: memory of the daemon on 127.0.0.1:8181 (DAEMON is its pid), run by daemon.sh; prints rows like ways.sh.
# VmRSS of /proc/PID/status: after the start, after 1000 GET /status with the token, after 100 applies of RULES that are reverted, and after
# four simultaneous clients; finally the processor time of an idle minute.
# shellcheck disable=SC2034 # lib.sh uses them
label=$1 rules=$2 token=$3
# shellcheck source=src/bench/lib.sh
. "${0%/*}/lib.sh"

resident() { # NAME
	while read -r key value _; do
		[ "$key" != VmRSS: ] || row "$1" $((value * 1000)) kB
	done <"/proc/$DAEMON/status"
}

# Jiffies, a hundredth of a second each (USER_HZ), that all threads took so far: utime and stime of /proc/PID/stat.
jiffies() {
	read -r line <"/proc/$DAEMON/stat"
	# shellcheck disable=SC2086 # split on purpose; the name in parentheses has no blank
	set -- $line
	echo $((${14} + ${15}))
}

resident 'RSS after start'
request status 'GET /status'
request counters 'GET /counters'
request put 'PUT /rules' "$rules"
request apply 'POST /apply?confirm=60&force=1'
count=0
while [ $count -lt 1000 ]; do
	count=$((count + 1))
	send status 8181 200
done
resident 'RSS after 1000 requests'
send put 8181 200
count=0
while [ $count -lt "${APPLIES:-100}" ]; do
	count=$((count + 1))
	send apply 8181 202
	request delete "DELETE /apply/$(change)"
	[ $count = "${APPLIES:-100}" ] || send delete 8181 200
done
resident "RSS after ${APPLIES:-100} applies"
for client in 1 2 3 4; do
	(
		BENCH=$BENCH.$client
		mkdir -p "$BENCH"
		for each in status counters; do request $each "GET /$each"; done
		count=0
		while [ $count -lt 25 ]; do
			count=$((count + 1))
			send status 8181 200
			send counters 8181 200
		done
	) &
	clients="$clients $!"
done
for client in $clients; do wait "$client" || exit 1; done
resident 'RSS after four clients at once, the rules live'
send delete 8181 200
sleep 20 # until the applies' processes have ended
before=$(jiffies)
sleep 60
row 'processor time of an idle minute' $((($(jiffies) - before) * 10 * 1000)) ms
