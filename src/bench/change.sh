#!/bin/sh
# change.sh LABEL RULES TOKEN JAR [JVM...]: times the steps of a user's change, from the start of the daemon on, and the processor time of the
# daemon in each (resolution 0.01 s, without child processes), as rows like those of ways.sh.
# In the virtual box JAR replaces the box's jar, and rc.boxwall restarts the daemon; the rules stay loaded. In a namespace (space.sh) JVM runs it.
#   page   the page and its requests, one after the other
# shellcheck disable=SC2034 # lib.sh uses them
label=$1 rules=$2 token=$3 jar=$4
shift 4
# shellcheck source=src/bench/lib.sh
. "${0%/*}/lib.sh"

# Repeats a request until the answer has WORD: ten times a second, for three minutes.
wait_for() { # FILE WORD
	tries=0
	until nc 127.0.0.1 8181 <"$BENCH/$1" 2>/dev/null | grep -q "$2"; do
		tries=$((tries + 1))
		[ $tries -lt 1800 ] || { echo "$label: no $2 in the answer to $1" >&2; exit 1; }
		usleep 100000 2>/dev/null || sleep 0.1 # between two attempts
	done
}

# Sets spent to the processor time of the daemon, in hundredths of a second.
read_processor() {
	read -r pid _ <"$RUN/daemon.pid"
	read -r _ _ _ _ _ _ _ _ _ _ _ _ _ user system _ <"/proc/$pid/stat"
	spent=$((user + system))
}

begin_step() {
	read_processor
	spent_before=$spent
	clock
	began=$now
}

end_step() { # NAME
	clock
	row "$1" $((now - began)) ms
	read_processor
	row "$1, processor" $(((spent - spent_before) * 10000)) ms
}

timed() { # NAME FILE STATUS
	begin_step
	send "$2" 8181 "$3"
	end_step "$1"
}

start_daemon() {
	if [ $# -gt 0 ]; then
		BOXWALL_STATE=$BENCH/state BOXWALL_RUN=$BENCH/run BOXWALL_CONF=/nonexistent BOXWALL_DRIFT=3600
		export BOXWALL_STATE BOXWALL_RUN BOXWALL_CONF BOXWALL_DRIFT
		mkdir -p "$BOXWALL_STATE" "$BOXWALL_RUN"
		chmod 700 "$BOXWALL_RUN"
		(umask 077; echo "$token" >"$BOXWALL_STATE/token")
		"$@" -jar "$jar" daemon >"$BENCH/daemon.log" 2>&1 &
		pid=$!
		RUN=$BENCH/pid
		mkdir -p "$RUN"
		echo "$pid" >"$RUN/daemon.pid"
		trap 'kill -9 $pid' EXIT
		log=$BENCH/daemon.log
	else
		RUN=/var/run/boxwall
		log=$RUN/daemon.log
		/etc/init.d/rc.boxwall start >/dev/null &
	fi
}

if [ $# -eq 0 ]; then
	/etc/init.d/rc.boxwall stop >/dev/null
	cp "$jar" /usr/share/boxwall/boxwall.jar
	: >/var/run/boxwall/daemon.log
fi
request ok 'GET /ok'
request status 'GET /status'
request short 'GET /status'
sed -i '/^Authorization/d' "$BENCH/short"
clock
began=$now spent_before=0
start_daemon "$@"
wait_for ok '^HTTP/1.1 204'
end_step 'start to listening'
until grep -q 'box read at' "$log"; do # asking /status instead would take a tenth of the measured time
	usleep 100000 2>/dev/null || sleep 0.1 # between two attempts
done
end_step 'start to box read'

cat "$rules" >"$BENCH/rules"
request put 'PUT /rules' "$BENCH/rules"
timed 'PUT, first' put 200
request findings 'GET /findings'
timed 'GET /findings after it' findings 200
echo 'iptables -A INPUT -p tcp --dport 7001 -j DROP' >>"$BENCH/rules"
request put 'PUT /rules' "$BENCH/rules"
timed 'PUT, later' put 200
request apply 'POST /apply?confirm=100&force=1&replace=1'
timed 'POST /apply' apply 202
request confirm "POST /confirm/$(change)"
timed 'GET /status at once' status 200
timed 'POST /confirm' confirm 200
timed 'GET /status after the confirm' status 200
request explain 'GET /explain?in=dsl&proto=tcp&dport=80'
timed 'GET /explain' explain 200
timed 'GET /explain again' explain 200
request exposure 'GET /exposure'
timed 'GET /exposure' exposure 200
timed 'GET /exposure again' exposure 200
request page 'GET /'
sed -i '/^Authorization/d' "$BENCH/page"
for part in rules 'rules?draft=1' presets devices log history; do request "page.$part" "GET /$part"; done
begin_step
send page 8181 200
send short 8181 200
send status 8181 200
for part in rules presets devices log history; do send "page.$part" 8181 200; done
end_step 'page'
timed 'GET /status at rest' status 200
row 'all of it, processor' $((spent * 10000)) ms
while read -r key size _; do [ "$key" != VmHWM: ] || row 'resident at most' "${size}000" kB; done <"/proc/$pid/status"
