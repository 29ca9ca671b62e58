package boxwall.netfilter;

import java.util.ArrayList;
import java.util.List;

/** {@code --tcp-flags MASK SET}: of the flags in MASK exactly those in SET are set. FIN is 1, URG 32. */
public final class TcpFlags {
    private static final String[] NAMES = {"FIN", "SYN", "RST", "PSH", "ACK", "URG"};

    public final int mask;
    public final int set;

    public TcpFlags(int mask, int set) {
        this.mask = mask;
        this.set = set;
    }

    /** Reads both words; null when one is none of {@link #bits}. */
    public static TcpFlags parse(String mask, String set) {
        int asked = bits(mask);
        int wanted = bits(set);
        return asked < 0 || wanted < 0 ? null : new TcpFlags(asked, wanted);
    }

    /** The flags of {@code SYN,ACK}, {@code ALL} or {@code NONE}; -1 when a word is none of them. */
    public static int bits(String words) {
        int bits = 0;
        for (String word : Words.split(words, ',')) {
            int bit = word.equals("ALL") ? 63 : word.equals("NONE") ? 0 : -1;
            for (int i = 0; i < NAMES.length; i++) {
                bit = NAMES[i].equals(word) ? 1 << i : bit;
            }
            if (bit < 0) { return -1; }
            bits |= bit;
        }
        return bits;
    }

    /** {@code SYN,ACK}, or {@code NONE}. */
    public static String words(int bits) {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < NAMES.length; i++) {
            if ((bits & 1 << i) != 0) { words.add(NAMES[i]); }
        }
        return words.isEmpty() ? "NONE" : Words.join(words, ",");
    }
}
