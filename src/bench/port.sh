#!/bin/sh
# port.sh LABEL RULES RUNS TOKEN: times the HTTP API of the daemon on 127.0.0.1:8181, alternating with a status page of busybox'
# httpd, and prints rows like ways.sh; every time includes the start of one process of busybox nc.
#   PUT and apply      the rules sent, checked, and applied until the answer with the change's id; then reverted
#   GET /status        with the token, the rules live
#   GET /counters      every rule with its counters
#   CGI page           the answer of a web interface of shell scripts: iptables -L -n -v of each table
# shellcheck disable=SC2034 # lib.sh uses them
label=$1 rules=$2 runs=$3 token=$4
# shellcheck source=src/bench/lib.sh
. "${0%/*}/lib.sh"

timed() { # NAME FILE PORT
	clock
	began=$now
	send "$2" "$3" 200
	clock
	row "$1" $((now - began)) ms
}

write_page() {
	mkdir -p "$BENCH/www/cgi-bin"
	cat >"$BENCH/www/cgi-bin/status" <<'PAGE'
#!/bin/sh
printf 'Content-Type: text/html\r\n\r\n<html><body>'
for family in ip ip6; do
	while read -r table; do
		echo "<h2>$table</h2><pre>"
		${family}tables -t "$table" -L -n -v
		echo '</pre>'
	done <"/proc/net/${family}_tables_names"
done
echo '</body></html>'
PAGE
	chmod +x "$BENCH/www/cgi-bin/status"
}

write_page
httpd -f -p 127.0.0.1:8182 -h "$BENCH/www" &
page=$!
trap 'kill $page' EXIT
request put 'PUT /rules' "$rules"
request apply 'POST /apply?confirm=60&force=1'
request status 'GET /status'
request counters 'GET /counters'
request page 'GET /cgi-bin/status'
run=0
while [ "$run" -lt "$runs" ]; do
	run=$((run + 1))
	clock
	began=$now
	send put 8181 200
	clock
	put=$now
	send apply 8181 202
	clock
	row 'PUT' $((put - began)) ms
	row 'PUT and apply' $((now - began)) ms
	id=$(change)
	timed 'GET /status' status 8181
	timed 'GET /counters' counters 8181
	timed 'CGI page' page 8182
	request delete "DELETE /apply/$id"
	send delete 8181 200
done
