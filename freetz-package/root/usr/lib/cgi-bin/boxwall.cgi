#!/bin/sh
# boxwall's page in Freetz' web interface: state and findings, the settings, and the emergency button.
# shellcheck disable=SC2005 # Freetz replaces each call of lang by a text when it builds the image
# Freetz shows it inside its own form, after its own login. A GET changes nothing.

# shellcheck source=/dev/null # Freetz' functions for pages
. /usr/lib/libmodcgi.sh
# shellcheck source=init.d/boxwall-common
. /usr/sbin/boxwall-common
read_settings
PORT=${BOXWALL_PORT:-8181}

# Prints what a state of boxwall-apply means.
meaning() { # STATE
	case $1 in
	active) echo "$(lang de:"aktiv: Regeln sind geladen" en:"active: rules are loaded")" ;;
	unsaved) echo "$(lang de:"aktiv, aber nicht gespeichert: Ein Stromausfall bringt die alten Regeln zur&uuml;ck" en:"active, but not saved: a power cut brings the old rules back")" ;;
	pending) echo "$(lang de:"eine &Auml;nderung wartet auf Best&auml;tigung" en:"a change is waiting for confirmation")" ;;
	open) echo "$(lang de:"offen: alles ist erlaubt, bis zum Neustart" en:"open: everything is allowed until reboot")" ;;
	locked) echo "$(lang de:"geschlossen: nur das Heimnetz kommt durch, bis zum Neustart" en:"locked: only the home network gets through, until reboot")" ;;
	inactive) echo "$(lang de:"inaktiv: keine Regeln von boxwall" en:"inactive: no boxwall rules")" ;;
	fallback) echo "$(lang de:"R&uuml;ckfall: die Box hat den ersten Start mit den neueren Regeln nicht &uuml;berstanden" en:"fallback: the box did not survive its first boot with the newer rules")" ;;
	failed | rollback-failed) echo "$(lang de:"fehlgeschlagen" en:"failed")" ;;
	*) html "$1" ;;
	esac
}

# Prints the value of a key in lines of key=value.
value() { # LINES KEY
	printf '%s\n' "$1" | sed -n "s/^$2=//p"
}

# Prints the findings of the daemon as "severity code" lines; nothing if it does not answer.
findings() {
	wget -q -T 3 -O - "http://127.0.0.1:$PORT/status" 2>/dev/null | tr '{' '\n' |
		sed -n 's/^.*"code" *: *"\([a-z0-9-]*\)".*"severity" *: *"\([a-z]*\)".*$/\2 \1/p'
}

# Prints a list of the lines on standard input, if there are any.
list() { # CAPTION
	first=yes
	while IFS='' read -r line; do
		[ $first = no ] || echo "<p>$1</p><ul>"
		first=no
		printf '<li>%s</li>\n' "$(html "$line")"
	done
	[ $first = yes ] || echo '</ul>'
}

sec_begin "$(lang de:"Zustand" en:"State")"
lines=$(/usr/sbin/boxwall-apply status 2>/dev/null)
state=$(value "$lines" state) reason=$(value "$lines" reason)
echo "<p><b>$(meaning "${state:-inactive}")</b>${reason:+ ($(html "$reason"))}</p>"
findings | list "$(lang de:"Befunde" en:"Findings")"
plan=
for folder in boot.new boot; do [ ! -r "$STATE/$folder/notes" ] || plan=$STATE/$folder; done
[ -z "$plan" ] || grep -v '^# end ' "$plan/notes" | sed -n '1,20p' |
	list "$(lang de:"Anmerkungen zu den Regeln" en:"Notes on the rules")"
[ ! -e /etc/default.boxwall/plan/stamp ] || [ -n "$plan" ] || [ -e "$STATE/rules" ] ||
	echo "<p>$(lang de:"Das Image hat Regeln f&uuml;r diese Box; erproben mit" en:"The image has rules for this box; to try them:") <code>rc.boxwall adopt</code></p>"
[ -e "$STATE/rules" ] || for file in /var/flash/debug.cfg /tmp/flash/mod/rc.custom; do
	grep -q 'ip6\?tables' "$file" 2>/dev/null &&
		echo "<p>$file: $(lang de:"enth&auml;lt iptables-Zeilen; &uuml;bernehmen mit" en:"has iptables lines; convert them with") <code>boxwall import $file</code></p>"
done
if [ -x /usr/bin/boxwall ]; then
	host=${HTTP_HOST%:*}
	echo "<p><a href=\"http://$(html "${host:-fritz.box}"):$PORT/\">$(lang de:"Seite von boxwall" en:"boxwall's page")</a>"
	echo "&mdash; $(lang de:"Token:" en:"token:") <code>rc.boxwall token</code></p>"
fi
sec_end

sec_begin "$(lang de:"Notfall" en:"Emergency")"
if read -r key 2>/dev/null <"$RUN/form"; then
	echo "<p>$(lang de:"Nichts geht mehr? L&auml;sst alles durch, bis zum Neustart oder zur n&auml;chsten &Auml;nderung." en:"Nothing works any more? Lets everything through until reboot or the next change.")</p>"
	echo "<p><button type=\"submit\" name=\"boxwall_open\" value=\"$key\" formmethod=\"post\" formaction=\"$(href extra boxwall open)\" onclick=\"return confirm('$(lang de:"Firewall &ouml;ffnen?" en:"Open the firewall?")')\">$(lang de:"&Ouml;ffnen bis zum Neustart" en:"Open until reboot")</button></p>"
else
	echo "<p>$(lang de:"boxwall wurde nicht geladen:" en:"boxwall was not loaded:") <code>rc.boxwall load</code></p>"
fi
sec_end

sec_begin "$(lang de:"Starttyp" en:"Start type")"
cgi_print_radiogroup_service_starttype enabled "$BOXWALL_ENABLED" '' '' 0
echo "<p>$(lang de:"Automatisch: Regeln beim Start laden. Stoppen l&auml;sst die Regeln, wie sie sind." en:"Automatic: load the rules at boot. Stopping leaves the rules as they are.")</p>"
sec_end

sec_begin "$(lang de:"Einstellungen" en:"Settings")"
cgi_print_textline_p confirm_seconds "$BOXWALL_CONFIRM_SECONDS" 6/4 "$(lang de:"Sekunden, in denen eine &Auml;nderung best&auml;tigt sein muss:" en:"Seconds to confirm a change:") "
cgi_print_radiogroup stateful "$BOXWALL_STATEFUL" '' "$(lang de:"Verbindungsverfolgung (state):" en:"Connection tracking (state):")" \
	"+auto::$(lang de:"wo sie sicher ist" en:"where it is safe")" "yes::$(lang de:"verlangen" en:"require")" "no::$(lang de:"nie" en:"never")"
cgi_print_radiogroup pa "$BOXWALL_PA" '' "Packet Acceleration:" \
	"+flush::$(lang de:"nach neuen Regeln leeren" en:"flush after new rules")" "disable::$(lang de:"abschalten" en:"disable")" "leave::$(lang de:"lassen" en:"leave")"
cgi_print_radiogroup ipv6 "$BOXWALL_IPV6" '' "IPv6:" \
	"+auto::$(lang de:"wenn die Box es kann" en:"if the box supports it")" "yes::$(lang de:"ja" en:"yes")" "no::$(lang de:"nein" en:"no")"
cgi_print_textline_p port "$PORT" 6/5 "$(lang de:"Port des Dienstes:" en:"Port of the daemon:") "
cgi_print_textline_p hosts "$BOXWALL_HOSTS" 40/255 "$(lang de:"Weitere Namen der Box:" en:"Additional names of the box:") "
cgi_print_textline_p drift "$BOXWALL_DRIFT" 6/5 "$(lang de:"Regeln vergleichen alle (Sekunden, 0: nie):" en:"Compare the rules every (seconds, 0: never):") "
cgi_print_checkbox_p reassert "$BOXWALL_REASSERT" "$(lang de:"fremde &Auml;nderungen zur&uuml;cknehmen" en:"undo changes by other programs")"
cgi_print_textline_p heap "$BOXWALL_HEAP" 6/5 "$(lang de:"Speicher f&uuml;r Java:" en:"Memory for Java:") "
cgi_print_textline_p jvm "$BOXWALL_JVM" 40/255 "$(lang de:"Java-Programm (leer: suchen):" en:"Java program (empty: search):") "
cgi_print_checkbox_p syslog "$BOXWALL_SYSLOG" "$(lang de:"ins Systemprotokoll schreiben" en:"write to the system log")"
sec_end
