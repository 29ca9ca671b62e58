package boxwall.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** The number of live rules in the output of iptables-save. */
class BoxTest {
    @Test
    void ruleCountExcludesChains() {
        assertEquals(0, Box.ruleCount(null));
        assertEquals(2,
                Box.ruleCount("*filter\n:INPUT DROP [0:0]\n:GUEST-A - [0:0]\n:B-A - [0:0]\n-A INPUT -j GUEST-A\n"
                        + "[12:3456] -A GUEST-A -j DROP\nCOMMIT\n"));
    }
}
