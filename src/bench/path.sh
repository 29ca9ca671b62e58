#!/bin/sh
# path.sh LABEL WRITTEN OPTIMIZED RUNS: cost of two plans' rules per packet from the Internet to the box: the time of pings from the
# peer "dsl" of the virtual box, each sent after the previous reply, without rules and with those of each plan, alternating.
# One line per run: NAME, value and unit, separated by tabs. The rules must accept ICMP, after all others; the plans determine
# the number of rules that a ping is compared with. Runs in the virtual box, as root: it empties the filter table of IPv4.
# shellcheck disable=SC2034 # lib.sh uses them
label=$1 written=$2 optimized=$3 runs=$4
# shellcheck source=src/bench/lib.sh
. "${0%/*}/lib.sh"
pings=500

# Prints the mean time of a ping and its answer.
ping_through() { # NAME
	# round-trip min/avg/max = 0.370/0.412/1.250 ms
	out=$(boxd in dsl ping -A -q -c $pings 203.0.113.2)
	case $out in *" $pings packets received"*) ;; *) echo "$label, $1: $out" >&2; exit 1 ;; esac
	mean=${out##*= } mean=${mean#*/} mean=${mean%%/*}
	mean=${mean%.*}${mean#*.} # 0.412 is 0412 now
	while :; do case $mean in 0?*) mean=${mean#0} ;; *) break ;; esac; done
	row "$1, ping" "$mean" ms
}

modprobe iptable_filter
run=0
while [ "$run" -lt "$runs" ]; do
	run=$((run + 1))
	printf '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n' | iptables-restore
	ping_through 'no rules'
	iptables-restore <"$written/restore4" || exit 1
	ping_through 'written'
	iptables-restore <"$optimized/restore4" || exit 1
	ping_through 'optimized'
done
