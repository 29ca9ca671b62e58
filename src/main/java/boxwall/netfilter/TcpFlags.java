package boxwall.netfilter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** {@code --tcp-flags MASK SET}: of the flags in MASK exactly those in SET are set. FIN is 1, URG 32. */
public final class TcpFlags {
    private static final List<String> NAMES = Arrays.asList("FIN", "SYN", "RST", "PSH", "ACK", "URG");

    public final int mask;
    public final int set;

    public TcpFlags(int mask, int set) {
        this.mask = mask;
        this.set = set;
    }

    /** Both as {@link #bits} reads them; null when it can't. */
    public static TcpFlags parse(String mask, String set) {
        return bits(mask) < 0 || bits(set) < 0 ? null : new TcpFlags(bits(mask), bits(set));
    }

    /** The flags of {@code SYN,ACK}, {@code ALL} or {@code NONE}; -1 for another word. */
    public static int bits(String words) {
        int bits = 0;
        for (String word : Words.split(words, ',')) {
            int index = NAMES.indexOf(word);
            if (index < 0 && !word.equals("ALL") && !word.equals("NONE")) { return -1; }
            bits |= index >= 0 ? 1 << index : word.equals("ALL") ? 63 : 0;
        }
        return bits;
    }

    /** {@code SYN,ACK}, or {@code NONE}. */
    public static String words(int bits) {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < NAMES.size(); i++) {
            if ((bits & 1 << i) != 0) { words.add(NAMES.get(i)); }
        }
        return words.isEmpty() ? "NONE" : Words.join(words, ",");
    }
}
