package boxwall.facts;

import boxwall.box.Finding;
import boxwall.box.Readings;
import boxwall.modules.Capability;
import boxwall.modules.ConntrackVerdict;
import boxwall.modules.FeatureKind;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import boxwall.netfilter.Family;
import boxwall.report.FactsJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Any readings give facts: unknown with a reason, never an exception. jqwik prints the seed of a failure.
 */
class GarbagePropertiesTest {
    private static final Path BOXES = Path.of("src/test/resources/boxes");

    /** All readings of a model box. */
    private static Readings recorded(String name) {
        Map<String, String> texts = new TreeMap<>();
        Path root = BOXES.resolve(name);
        try (Stream<Path> walk = Files.walk(root)) {
            for (Path path : walk.filter(Files::isRegularFile).toList()) {
                String key = root.relativize(path).toString();
                String text = Files.readString(path, StandardCharsets.ISO_8859_1);
                texts.put(key.startsWith("commands/") ? key.substring(9) : "/" + key, text);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Readings(texts);
    }

    @Provide
    Arbitrary<Readings> boxes() {
        return Arbitraries.of("7170-0488", "7270v2-0554", "7270v3-0606", "7390-0521", "7360-0620", "7530-0729",
                "5530-0750", "virtual-avm").map(GarbagePropertiesTest::recorded);
    }

    @Provide
    Arbitrary<String> garbage() {
        Arbitrary<String> bytes = Arbitraries.strings().withCharRange('\0', '\u00ff').ofMaxLength(400);
        Arbitrary<String> words = Arbitraries.of("nf_conntrack", ":", " ", "\n", "\t", "exports duplicate symbol",
                "(owned by ", ")", "Unknown symbol", "lan", "inet addr:", "0", "255.255.255.255", "/", "[", "]", "=",
                "-", "sizeof(struct sk_buff)=", "ko", "State", "99999999999999999999", "2.6.", "\r", "CONFIG_", "=y",
                "@", "\u0000").list().ofMaxSize(60).map(list -> String.join("", list));
        return Arbitraries.oneOf(bytes, words, Arbitraries.just(""), Arbitraries.just("\n\n\n"));
    }

    private static BoxFacts assertValidFacts(Readings readings) {
        BoxFacts facts = new BoxFacts(readings);
        assertNotNull(FactsJson.of(facts).toString());
        for (Finding finding : facts.findings) {
            assertFalse(finding.effect.isEmpty(), finding.code);
            assertFalse(finding.remedy.isEmpty(), finding.code);
            for (String line : finding.evidence) {
                assertTrue(line.chars().noneMatch(c -> c < ' '), "control character in evidence of " + finding.code);
            }
        }
        for (Family family : Family.values()) {
            for (FeatureKind kind : FeatureKind.values()) {
                for (String name : facts.capabilityNames(family, kind)) {
                    assertNotNull(facts.capability(family, kind, name).evidence());
                }
            }
        }
        return facts;
    }

    @Property(tries = 300)
    void oneRandomReadingGivesValidFacts(@ForAll("boxes") Readings box, @ForAll("garbage") String text,
            @ForAll int which) {
        List<String> paths = box.paths();
        List<String> commands = box.commandNames();
        int index = Math.floorMod(which, paths.size() + commands.size());
        assertValidFacts(index < paths.size() ? box.with(paths.get(index), text)
                : box.with(commands.get(index - paths.size()), text));
    }

    @Property(tries = 60)
    void onlyRandomReadingsGiveValidFacts(@ForAll("boxes") Readings box, @ForAll("garbage") String text) {
        Readings changed = box;
        for (String path : box.paths()) {
            changed = changed.with(path, text);
        }
        for (String command : box.commandNames()) {
            changed = changed.with(command, text);
        }
        assertValidFacts(changed);
    }

    @Property(tries = 200)
    void truncatedReadingGivesValidFacts(@ForAll("boxes") Readings box, @ForAll int which, @ForAll int where) {
        List<String> paths = box.paths();
        String path = paths.get(Math.floorMod(which, paths.size()));
        String text = box.text(path);
        assertValidFacts(box.with(path, text.substring(0, Math.floorMod(where, text.length() + 1))));
    }

    @Property(tries = 200)
    void readingWithChangedBytesGivesValidFacts(@ForAll("boxes") Readings box, @ForAll int which, @ForAll long seed) {
        List<String> paths = box.paths();
        String path = paths.get(Math.floorMod(which, paths.size()));
        char[] text = box.text(path).toCharArray();
        Random random = new Random(seed);
        for (int i = 0; i < 10 && text.length > 0; i++) {
            text[random.nextInt(text.length)] = (char) random.nextInt(256);
        }
        assertValidFacts(box.with(path, new String(text)));
    }

    @Property(tries = 8)
    void crlfLineEndsGiveSameFacts(@ForAll("boxes") Readings box) {
        Readings crlf = box;
        for (String path : box.paths()) {
            crlf = crlf.with(path, box.text(path).replace("\n", "\r\n"));
        }
        for (String command : box.commandNames()) {
            crlf = crlf.with(command, box.text(command).replace("\n", "\r\n"));
        }
        assertEquals(FactsJson.of(assertValidFacts(box)).toString(), FactsJson.of(assertValidFacts(crlf)).toString());
    }

    @Example
    void tenMegabytesOfNoiseGiveValidFacts() {
        byte[] noise = new byte[10 << 20];
        new Random(20140211).nextBytes(noise);
        String binary = new String(noise, StandardCharsets.ISO_8859_1);
        char[] letters = new char[10 << 20];
        Arrays.fill(letters, 'a');
        String oneLine = new String(letters);
        String blanks = oneLine.replace('a', ' ');
        for (String path : new String[] {"/proc/modules", "/proc/kallsyms", "/proc/net/dev", "/etc/.version",
                "/proc/config.gz", "/etc/init.d/rc.conf", "/proc/net/if_inet6", "/proc/net/avm_pa/brief"}) {
            for (String text : new String[] {binary, oneLine, blanks}) {
                assertValidFacts(recorded("7270v2-0554").with(path, text));
            }
        }
        for (String command : new String[] {"dmesg", "ifconfig_-a", "ip_addr", "uname_-r", "uname_-a",
                "iptables_--version"}) {
            for (String text : new String[] {binary, oneLine, blanks}) {
                assertValidFacts(recorded("7270v2-0554").with(command, text));
            }
        }
    }

    @Example
    void withoutReadingsFactsAreUnknownAndNotMissing() {
        BoxFacts facts = assertValidFacts(Readings.none());
        assertEquals("unknown", facts.generation.name());
        assertEquals(ConntrackVerdict.State.UNKNOWN, facts.conntrack().state);
        for (FeatureKind kind : FeatureKind.values()) {
            for (String name : facts.capabilityNames(Family.IPV4, kind)) {
                assertEquals(Capability.State.UNKNOWN, facts.capability(Family.IPV4, kind, name).state,
                        kind + " " + name);
            }
        }
        assertEquals(List.of("kernel-unknown"), facts.findings.stream().map(f -> f.code).toList());
    }

    @Example
    void unknownKernelMessageIsIgnored() {
        Readings box = recorded("7270v2-0554").with("dmesg", "nf_conntrack: is not welcome here (reason 7)\nx: y: z\n");
        assertEquals(FactsJson.of(new BoxFacts(recorded("7270v2-0554"))).toString(),
                FactsJson.of(assertValidFacts(box)).toString());
    }
}
