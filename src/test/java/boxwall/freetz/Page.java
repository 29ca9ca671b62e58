package boxwall.freetz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** boxwall's page in Freetz' web interface, requested over HTTP from busybox' httpd. */
final class Page {
    private static final String HTTP = "http://127.0.0.1:81/cgi-bin/";
    private static final String COOKIE = "Cookie: SID=known";
    private final FreetzRoot box;

    private Page(FreetzRoot box) { this.box = box; }

    private String get(String path) {
        return box.runOutside(List.of("busybox", "wget", "-q", "-O", "-", "--header", COOKIE, HTTP + path));
    }

    private String post(String cookie, String path, String body) {
        List<String> command = new ArrayList<>(List.of("busybox", "wget", "-q", "-O", "-", "--post-data", body));
        command.addAll(cookie.isEmpty() ? List.of() : List.of("--header", cookie));
        command.add(HTTP + path);
        return box.runOutside(command);
    }

    /** The state that a GET must not change: rules, flash, and files in RUN. */
    private String state() {
        return box.tables() + box.sh(
                "cd /var/tmp/flash && find . -type f | sort | xargs md5sum; cd /var/run/boxwall && find . -type f | sort | xargs md5sum")
                .out();
    }

    /** Checks the page and its button in one language. */
    static void assertWorks(Path freetz, String language, List<String> texts, String openText) throws Exception {
        assertWorks(freetz, language, null, texts, openText);
    }

    /** The same with a busybox that has only these applets. */
    static void assertWorks(Path freetz, String language, Set<String> applets, List<String> texts, String openText)
            throws Exception {
        try (FreetzRoot box = new FreetzRoot(freetz, language, applets)) {
            Contract.plan(box, "var/tmp/flash/boxwall/boot", "old");
            Contract.enable(box);
            if (freetz != null) {
                box.sh("ln -sf /etc/default.mod /mod/etc/default.mod; modconf load mod; mkdir -p /mod/etc/reg; touch /mod/etc/reg/pkg.reg /mod/etc/reg/daemon.reg");
            }
            FreetzRoot.Answer load = box.rc("load");
            assertEquals(0, load.status(), load.all());
            assertTrue(box.tables().contains("1111"), load.all());
            box.sh("cd /usr/mww && httpd -p 127.0.0.1:81 -h /usr/mww");
            Page page = new Page(box);
            assertTrue(FreetzRoot.waitUntil(120, () -> !page.get("conf/boxwall").isEmpty()), "httpd must answer");
            page.assertShowsWithoutChanges(texts);
            page.save(freetz, language);
            page.assertOpensOnlyWithKeyAndPost(freetz == null, openText);
        }
    }

    private void assertShowsWithoutChanges(List<String> texts) {
        String key = box.read("var/run/boxwall/form").strip();
        String before = state();
        String page = get("conf/boxwall");
        for (String text : texts) {
            assertTrue(page.contains(text), "no \"" + text + "\" in\n" + page);
        }
        assertFalse(page.contains("$(") || page.contains("*** error") || page.contains("not found"), page);
        assertTrue(page.contains("with&") && !page.contains("<with>"), "texts of files are escaped:\n" + page);
        assertTrue(page.contains("name=\"boxwall_open\" value=\"" + key + "\""), page);
        get("extra/boxwall/open");
        get("extra/boxwall/open?boxwall_open=" + key);
        assertEquals(before, state(), "no GET changes anything");
    }

    /** Saves the page for review. */
    private void save(Path freetz, String language) throws Exception {
        Path folder = Files.createDirectories(Path.of("target/freetz-pages"));
        Files.writeString(folder.resolve((freetz == null ? "stand-in-" : "real-") + language + ".html"),
                get("conf/boxwall"), StandardCharsets.ISO_8859_1);
    }

    private void assertOpensOnlyWithKeyAndPost(boolean login, String openText) {
        String key = box.read("var/run/boxwall/form").strip();
        String before = state();
        if (login) { post("", "extra/boxwall/open", "boxwall_open=" + key); }
        for (String wrong : new String[] {"", "boxwall_open=", "boxwall_open=0123456789abcdef0123456789abcdef",
                "xboxwall_open=" + key, "boxwall_open=" + key + "0",
                "a=" + "x".repeat(12000) + "&boxwall_open=" + key}) {
            post(COOKIE, "extra/boxwall/open", wrong);
            assertEquals(before, state(), "refused: " + wrong);
        }
        String answer = post(COOKIE, "extra/boxwall/open", "enabled=yes&port=8181&boxwall_open=" + key + "&jvm=");
        assertFalse(box.tables().contains("1111") || box.tables().contains("DROP"), answer + box.tables());
        assertTrue(get("conf/boxwall").contains(openText), "the page shows that the firewall is open");
    }
}
