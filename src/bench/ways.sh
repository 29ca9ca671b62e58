#!/bin/sh
# ways.sh LABEL PLAN RUNS SINGLES: loads the rules of one plan in several ways, alternating, and prints the times, one line per run:
# NAME, value and unit, separated by tabs. SINGLES is the number of runs with one call per rule, which are slow.
#   bare            the plan's modprobes and one iptables-restore per family: lower bound
#   boot            boxwall-apply boot
#   bare, saved     the same as bare with two saves of each family before and after
#   try             boxwall-apply try
#   single calls    one call per rule, as in a debug.cfg
#   flushed calls   the chains flushed, then one call for each line that is read from a file, as Freetz-NG's Iptables-NG does
# Runs in a separate namespace or in the virtual box, as root: it empties the filter tables between the runs, and also unloads netfilter's
# modules before bare and boot, as after a reboot. BOXWALL_APPLY is the boxwall-apply to run, BENCH a folder for its files. After each
# way the kernel must have as many rules as the plan.
# shellcheck disable=SC2034 # lib.sh uses them
label=$1 plan=$2 runs=$3 singles=$4
# shellcheck source=src/bench/lib.sh
. "${0%/*}/lib.sh"
BOXWALL_STATE=$BENCH/state BOXWALL_RUN=$BENCH/run BOXWALL_CONF=/nonexistent
export BOXWALL_STATE BOXWALL_RUN BOXWALL_CONF

families() { [ "$(wc -l <"$plan/restore6")" -gt 1 ] && echo 4 6 || echo 4; }

tool() { [ "$1" = 4 ] && echo iptables || echo ip6tables; }

# Empties the filter tables of both families.
clear_tables() {
	for family in 4 6; do
		printf '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n' | "$(tool $family)-restore" || exit 1
	done
}

# Empties the tables and unloads unused netfilter modules, in nine rounds, because each can free more; none without /proc/modules.
unload_modules() {
	clear_tables
	[ -r /proc/modules ] || return 0
	rounds=9
	while [ $rounds -gt 0 ]; do
		rounds=$((rounds - 1))
		while read -r module _ used _; do
			case $used,$module in 0,*table_* | 0,x_tables | 0,ip_tables | 0,ip6_tables | 0,xt_* | 0,ipt_* | 0,ip6t_* | 0,nf_*) rmmod "$module" 2>&1 ;; esac
		done </proc/modules
	done
}

# Ends the measurement unless the kernel has all rules of the plan.
check_loaded() { # NAME
	for family in $families; do
		have=$("$(tool "$family")-save" -t filter | grep -c '^-A')
		[ "$have" = "$(grep -c '^-A' "$plan/restore$family")" ] || { echo "$label, $1: $have rules of IPv$family in the kernel" >&2; cat "$BENCH/output" >&2; exit 1; }
	done
}

# Runs one way and prints its time; sets took.
time_way() { # NAME FUNCTION
	clock
	began=$now
	$2 >"$BENCH/output" 2>&1
	clock
	took=$((now - began))
	check_loaded "$1"
	row "$1" $took ms
}

bare() {
	while read -r module _; do case $module in '#' | '') ;; *) modprobe "$module" ;; esac; done <"$plan/modules"
	for family in $families; do "$(tool "$family")-restore" <"$plan/restore$family"; done
}

saves() { for family in $families; do "$(tool "$family")-save" -t filter >"$BENCH/saved.$1.$family"; done; }

bare_saved() { saves 1; saves 2; bare; saves 3; saves 4; }

boot() { "$BOXWALL_APPLY" boot; }

try() { "$BOXWALL_APPLY" try "$plan" 60 --force; }

# Writes the input of the two ways of single calls: a script with one call per line, and rule lines that begin with their tool.
write_calls() {
	for family in $families; do
		tool=$(tool "$family")
		sed -n "s/^:\([^ ]*\) - .*/$tool -N \1/p; s/^:\([^ ]*\) \([A-Z]*\) .*/$tool -P \1 \2/p; s/^-A/$tool -A/p" "$plan/restore$family" >>"$BENCH/calls"
		sed -n "s/\"//g; s/^:\([^ ]*\) \([A-Z-]*\) .*/chain $tool \1 \2/p; s/^-A \([^ ]*\) /rule $tool \1 /p" "$plan/restore$family" >>"$BENCH/lines"
	done
}

# shellcheck source=/dev/null # written above
single_calls() { . "$BENCH/calls"; }

flushed_calls() {
	while read -r word tool chain rest; do
		# shellcheck disable=SC2086 # as Iptables-NG does: splits at blanks
		case $word,$rest in
		chain,-) $tool -F "$chain" || $tool -N "$chain" ;;
		chain,*) $tool -F "$chain"; $tool -P "$chain" "$rest" ;;
		*) $tool -A "$chain" $rest ;;
		esac
	done <"$BENCH/lines"
}

# Prints the ratio of two times.
ratio() { row "$1" $(($2 * 1000 / $3)) 1; } # NAME MICROSECONDS MICROSECONDS

mkdir -p "$BOXWALL_STATE"
cp -r "$plan" "$BOXWALL_STATE/boot"
families=$(families)
write_calls
run=0
while [ "$run" -lt "$runs" ]; do
	run=$((run + 1))
	unload_modules
	time_way bare bare
	base=$took
	unload_modules
	time_way boot boot
	boot=$took
	ratio 'boot to bare' "$boot" "$base"
	[ "$run" -gt "$singles" ] || {
		clear_tables
		time_way 'single calls' single_calls
		ratio 'single calls to bare' "$took" "$base"
		ratio 'single calls to boot' "$took" "$boot"
		clear_tables
		time_way 'flushed calls' flushed_calls
	}
	clear_tables
	time_way 'bare, saved' bare_saved
	base=$took
	clear_tables
	time_way try try
	ratio 'try to bare, saved' "$took" "$base"
	"$BOXWALL_APPLY" revert --now >"$BENCH/output" 2>&1 || { cat "$BENCH/output" >&2; exit 1; }
done
clear_tables
