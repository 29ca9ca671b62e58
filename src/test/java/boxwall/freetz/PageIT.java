package boxwall.freetz;

import java.util.List;
import org.junit.jupiter.api.Test;

/** boxwall's page with stubs of Freetz' functions for pages. */
class PageIT {
    /** Texts that the page must show. */
    static final List<String> GERMAN = List.of("<b>aktiv: Regeln sind geladen</b>", "ffnen bis zum Neustart",
            "Starttyp", "Automatisch", "Anmerkungen zu den Regeln", "wo sie sicher ist");
    static final List<String> ENGLISH = List.of("<b>active: rules are loaded</b>", "Open until reboot", "Start type",
            "Automatic", "Notes on the rules", "where it is safe");

    @Test
    void pageWorksInGerman() throws Exception { Page.assertWorks(null, "de", GERMAN, "offen: alles ist erlaubt"); }

    @Test
    void pageWorksInEnglish() throws Exception { Page.assertWorks(null, "en", ENGLISH, "open: everything is allowed"); }
}
