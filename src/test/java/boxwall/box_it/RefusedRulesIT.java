package boxwall.box_it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.eclipsesource.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A ruleset with errors changes nothing, and all errors are reported at once. */
@SharedBox.Used
class RefusedRulesIT {
    @Test
    void everyErrorIsReportedWithItsPlaceAndNothingIsChanged(VirtualBox box) {
        String before = box.rules();
        int last = (int) DeskPlan.plain().lines().count();
        String bad = DeskPlan.plain() + "iptables -A INPUT -m nosuchmatch -j DROP\n"
                + "iptables -A INPUT -p tcp --dport -j DROP\n" + "iptables -A INPUT -s $NOWHERE -j DROP\n"
                + "iptables -A INPUT -s -j DROP\n";
        VirtualBox.Reply reply = box.http("PUT", "/rules", bad).expect(422);
        List<String> places = new ArrayList<>();
        List<String> effects = new ArrayList<>();
        for (JsonValue finding : reply.json().get("findings").asArray()) {
            places.add(finding.asObject().getString("where", ""));
            effects.add(finding.asObject().getString("effect", ""));
            assertTrue(finding.asObject().getString("remedy", "").length() > 0, finding::toString);
        }
        // columns: the unknown match, the option without a value, the unknown name, the option without a value
        assertEquals(List.of("rules:" + (last + 1) + ":22", "rules:" + (last + 2) + ":26",
                "rules:" + (last + 3) + ":22", "rules:" + (last + 4) + ":19"), places, reply.body());
        assertTrue(effects.get(0).contains("nosuchmatch"), reply.body());
        assertTrue(effects.get(2).contains("NOWHERE"), reply.body());
        assertTrue(effects.get(3).contains("-s"), reply.body());
        assertEquals(before, box.rules());
        assertEquals(DeskPlan.plain(), box.http("GET", "/rules", "").expect(200).body(),
                "the refused text is not kept");
        assertEquals("active", box.get("/status").json().getString("state", ""));
    }
}
