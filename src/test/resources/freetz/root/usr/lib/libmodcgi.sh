# shellcheck shell=dash
# Stand-in for Freetz' functions for pages. The log-in is a cookie that only this test knows.
case $HTTP_COOKIE in
*SID=known*) ;;
*) printf 'Content-Type: text/html\r\n\r\n<p>log in</p>\n'; exit ;;
esac

html() {
	if [ $# -gt 0 ]; then printf '%s' "$*" | html; else sed -e 's/&/\&amp;/g' -e 's/</\&lt;/g' -e 's/>/\&gt;/g' -e 's/"/\&quot;/g' -e "s/'/\&#39;/g"; fi
}
cgi_begin() { printf 'Content-Type: text/html; charset=ISO-8859-1\r\n\r\n<html><head><title>%s</title></head><body>\n' "$1"; }
cgi_end() { echo '</body></html>'; }
sec_begin() { echo "<div class='section'><h2>$1</h2>"; }
sec_end() { echo '</div>'; }
href() { case $1 in extra) echo "/cgi-bin/extra/$2/$3" ;; *) echo "/cgi-bin/conf/$2" ;; esac; }
back_button() { echo "<form action='$(href "$@")'><input type='submit' value='Back'></form>"; }
cgi_print_textline_p() { echo "<p><label>$4</label><input name='$1' value='$(html "$2")'></p>"; }
cgi_print_checkbox_p() { echo "<p><input type='checkbox' name='$1' value='yes'$([ "$2" != yes ] || echo ' checked')>$3</p>"; }
cgi_print_radiogroup() {
	name=$1 now=$2
	echo "<p>$4"
	shift 4
	for entry; do
		value=${entry%%:*} value=${value#+}
		echo "<input type='radio' name='$name' value='$value'$([ "$now" != "$value" ] || echo ' checked')>${entry##*:}"
	done
	echo '</p>'
}
cgi_print_radiogroup_service_starttype() { cgi_print_radiogroup "$1" "$2" '' '' "yes::$(lang de:"Automatisch" en:"Automatic")" "no::$(lang de:"Manuell" en:"Manual")"; }
