package boxwall.modules;

import static org.junit.jupiter.api.Assertions.assertEquals;

import boxwall.box.Readings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModulesDepTest {
    private static ModulesDep dep(String lines) {
        return new ModulesDep(new Readings(Map.of("/lib/modules/2.6.32.61/modules.dep", lines)), "2.6.32.61");
    }

    /**
     * The modules a and b depend on each other, and a also on conntrack: both depend on it, regardless of the order of
     * queries.
     */
    @Test
    void circularDependenciesAreCompleteInAnyQueryOrder() {
        String cycle = "a.ko: nf_conntrack.ko b.ko\nb.ko: a.ko\n";
        for (String first : List.of("a", "b")) {
            ModulesDep dep = dep(cycle);
            dep.dependencies(first);
            assertEquals(List.of("b", "nf_conntrack"), dep.dependencies("a"), first);
            assertEquals(List.of("nf_conntrack", "a"), dep.dependencies("b"), first);
        }
    }

    @Test
    void dependenciesAreListedInLoadOrder() {
        assertEquals(List.of("x_tables", "ip_tables"),
                dep("iptable_filter.ko: ip_tables.ko x_tables.ko\nip_tables.ko: x_tables.ko\n")
                        .dependencies("iptable_filter"));
    }
}
