package boxwall.box;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Each method against the pattern that stands above it, on lines made of the pieces that matter. */
class AddressLineTest {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.:@+-]{1,31}");
    private static final Pattern IP_HEAD = Pattern.compile("^[0-9]+: ([^ ]+?)(@[^ ]*)?: <");
    private static final Pattern IP_INET = Pattern.compile("^ +inet ([0-9.]+)(/([0-9]+))?( .*)?$");
    private static final Pattern IFCONFIG_INET = Pattern.compile("inet addr:([0-9.]+).*Mask:([0-9.]+)");
    private static final String[] PIECES = {" ", " ", ": ", ":", "<", ": <", "@", "@if2", "3", "12", "192.168.178.1",
            ".", "/", "/24", "lan", "guest:0", "inet ", " inet ", "inet addr:", "Mask:", "255.255.255.0", "Bcast:",
            "scope global lan:0", "\t", "é", "0123456789abcdef", "-", "٣"};

    private static String line(Random random) {
        StringBuilder line = new StringBuilder();
        // half of them begin as one of the three kinds does, so that not all fail at once
        String[] begin = {"3: ", "   inet ", "  inet addr:192.168.178.1", "", "", ""};
        line.append(begin[random.nextInt(begin.length)]);
        for (int left = random.nextInt(8); left > 0; left--) {
            line.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return line.toString();
    }

    private static String[] groups(Pattern pattern, String line, int... groups) {
        Matcher matcher = pattern.matcher(line);
        if (!matcher.find()) { return null; }
        String[] found = new String[groups.length];
        for (int i = 0; i < groups.length; i++) {
            found[i] = matcher.group(groups[i]);
        }
        return found;
    }

    @Test
    void findsWhatThePatternsFind() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int[] found = new int[4];
        for (int i = 0; i < 200_000; i++) {
            String line = line(random);
            String said = "seed " + seed + ": " + line;
            assertEquals(NAME.matcher(line).matches(), AddressLine.isName(line), said);
            found[0] += AddressLine.isName(line) ? 1 : 0;
            String[] head = groups(IP_HEAD, line, 1);
            assertEquals(head == null ? null : head[0], AddressLine.ipHead(line), said);
            found[1] += head == null ? 0 : 1;
            String[] ip = groups(IP_INET, line, 1, 3);
            assertArrayEquals(ip, AddressLine.ipInet(line), said);
            found[2] += ip == null ? 0 : 1;
            String[] ifconfig = groups(IFCONFIG_INET, line, 1, 2);
            assertArrayEquals(ifconfig, AddressLine.ifconfigInet(line), said);
            found[3] += ifconfig == null ? 0 : 1;
        }
        for (int of : found) {
            assertTrue(of > 500, "seed " + seed + ": too few lines of a kind, " + java.util.Arrays.toString(found));
        }
    }
}
