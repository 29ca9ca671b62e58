#!/bin/sh
# The emergency button: accepts everything until reboot. Only by POST with the key that boxwall's own page showed
# (RUN/form, new at each boot): another site can send its visitors here, but does not know the key.

# shellcheck source=/dev/null # Freetz' functions for pages, and its login
. /usr/lib/libmodcgi.sh
# shellcheck source=init.d/boxwall-common
. /usr/sbin/boxwall-common
read_settings

# Whether the request's body, name=value&name=value, has the key.
has_key() {
	[ "$REQUEST_METHOD" = POST ] || return 1
	case $CONTENT_LENGTH in '' | *[!0-9]* | ?????*) return 1 ;; esac
	read -r key <"$RUN/form" || return 1
	[ ${#key} -eq 32 ] || return 1
	body=$(dd bs=1 count="$CONTENT_LENGTH" 2>/dev/null)
	case "&$body&" in *"&boxwall_open=$key&"*) return 0 ;; esac
	return 1
}

cgi_begin "boxwall"
if has_key; then
	if output=$(/usr/sbin/boxwall-apply open 2>&1); then
		echo "<p><b>$(lang de:"Alles ist erlaubt, bis zum Neustart oder zur n&auml;chsten &Auml;nderung." en:"Everything is allowed until reboot or the next change.")</b></p>"
	else
		echo "<p><b>$(lang de:"Teilweise fehlgeschlagen:" en:"Partly failed:")</b></p><pre>$(html "$output")</pre>"
	fi
else
	echo "<p>$(lang de:"Nichts wurde ge&auml;ndert. Der Knopf steht auf der Seite von boxwall." en:"Nothing was changed. The button is on boxwall's page.")</p>"
fi
back_button cgi boxwall
cgi_end
