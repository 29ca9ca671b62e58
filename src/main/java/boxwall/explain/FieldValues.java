package boxwall.explain;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.ConnectionState;
import boxwall.netfilter.Family;
import boxwall.netfilter.Network;
import boxwall.netfilter.TcpFlags;
import boxwall.netfilter.Words;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The values of one field in a set, in words: from ranges in ascending order. */
final class FieldValues {
    /** Limit of collected ranges; a set of more is described by the first ones. */
    private static final int RANGES_MAX = 64;
    private static final int WORDS_MAX = 6;

    private final PacketSets sets;
    private final Field field;
    private final List<byte[]> choices;
    /** The ranges, both ends included, as numbers of the field's bits; at most {@link #RANGES_MAX}. */
    private final List<byte[][]> ranges = new ArrayList<>();
    private final List<byte[][]> gaps = new ArrayList<>();
    /** Whether the next value follows the last range without a gap. */
    private boolean isAdjacent;

    /**
     * Reads sets that test bits of one field only.
     *
     * @param others the values that are not in the set; if they are fewer, the words are {@code all but …}
     */
    FieldValues(PacketSets sets, Field field, int set, int others) {
        this.sets = sets;
        this.field = field;
        this.choices = sets.choices(field);
        collect(ranges, set, new boolean[sets.bits(field)], 0);
        isAdjacent = false;
        collect(gaps, others, new boolean[sets.bits(field)], 0);
    }

    /** Collects the values that begin with the first {@code known} bits, in ascending order. */
    private void collect(List<byte[][]> to, int set, boolean[] bits, int known) {
        if (set == Bdd.NONE || to.size() > RANGES_MAX) {
            isAdjacent = false;
            return;
        }
        if (set == Bdd.ALL) {
            byte[] low = PacketSets.number(bits, 0, bits.length);
            Arrays.fill(bits, known, bits.length, true);
            byte[] high = PacketSets.number(bits, 0, bits.length);
            Arrays.fill(bits, known, bits.length, false);
            if (isAdjacent) {
                to.get(to.size() - 1)[1] = high;
            } else {
                to.add(new byte[][] {low, high});
            }
            isAdjacent = true;
            return;
        }
        boolean tested = sets.bdd.level(set) == sets.start(field) + known;
        collect(to, tested ? sets.bdd.low(set) : set, bits, known + 1);
        bits[known] = true;
        collect(to, tested ? sets.bdd.high(set) : set, bits, known + 1);
        bits[known] = false;
    }

    /** {@code 80,443,1024-65535}, {@code 192.168.179.0/24}, {@code all but lan}, {@code SYN, without FIN,RST,ACK}. */
    @Override
    public String toString() {
        if (field == Field.FLAGS) { return flags(); }
        boolean fewer = !gaps.isEmpty() && count(gaps) < count(ranges);
        return (fewer ? "all but " : "") + list(fewer ? gaps : ranges);
    }

    /** Whether the values have no order, so that each is named. */
    private boolean isListed() {
        return choices != null || field == Field.STATE || field == Field.FRAGMENT;
    }

    private int count(List<byte[][]> list) {
        int count = list.size();
        for (byte[][] range : list) {
            count += isListed() ? (int) (FieldBytes.number(range[1]) - FieldBytes.number(range[0])) : 0;
        }
        return count;
    }

    private String list(List<byte[][]> list) {
        List<String> words = new ArrayList<>();
        for (byte[][] range : list) {
            if (isListed()) {
                for (int i = (int) FieldBytes.number(range[0]); i <= FieldBytes.number(range[1]); i++) {
                    words.add(name(i));
                }
            } else if (words.size() < WORDS_MAX) { words.add(range(range[0], range[1])); }
        }
        String joined = Words.join(words, ",");
        return isListed() || list.size() <= WORDS_MAX ? joined
                : joined + " and " + (list.size() > RANGES_MAX ? "many" : list.size() - WORDS_MAX) + " more";
    }

    private String name(int value) {
        return field == Field.STATE ? ConnectionState.values()[value].toString()
                : field == Field.FRAGMENT ? value == 0 ? "no later fragments" : "later fragments only"
                : field == Field.MAC ? Addresses.printMac(choices.get(value)) : FieldBytes.text(choices.get(value));
    }

    private String range(byte[] low, byte[] high) {
        if (field.isAddress()) { return addresses(sets.family, low, high); }
        if (field == Field.ICMP) {
            return low[1] == 0 && high[1] == -1 ? ends(low[0] & 255, high[0] & 255, "") : (low[0] & 255) + "/"
                    + ends(low[1] & 255, high[1] & 255, low[0] == high[0] ? "" : (high[0] & 255) + "/");
        }
        if (field == Field.PROTOCOL && low[0] == high[0]) { return FieldBytes.protocolName(low[0] & 255); }
        return field == Field.MARK
                ? "0x" + Long.toHexString(FieldBytes.number(low)) + "-0x" + Long.toHexString(FieldBytes.number(high))
                : ends(FieldBytes.number(low), FieldBytes.number(high), "");
    }

    private static String ends(long low, long high, String before) {
        return low == high && before.length() == 0 ? String.valueOf(low) : low + "-" + before + high;
    }

    /** A single address, a network, or both ends of a range. */
    private static String addresses(Family family, byte[] low, byte[] high) {
        int bits = family.addressBits;
        int prefix = Network.ofPrefix(family, low, bits).common(Network.ofPrefix(family, high, bits));
        Network network = Network.ofPrefix(family, low, prefix);
        boolean isNetwork =
                prefix > 0 && Arrays.equals(network.address(), low) && Arrays.equals(FieldBytes.last(network), high);
        return Addresses.print(low) + (!isNetwork ? "-" + Addresses.print(high) : prefix == bits ? "" : "/" + prefix);
    }

    /**
     * The flags that all combinations have in common; {@code some with …} when not every such combination is in the
     * set.
     */
    private String flags() {
        int common = 63;
        int never = 63;
        int count = 0;
        for (byte[][] range : ranges) {
            for (long i = FieldBytes.number(range[0]); i <= FieldBytes.number(range[1]); i++) {
                common &= (int) i;
                never &= ~(int) i;
                count++;
            }
        }
        boolean all = count == 1 << 6 - Integer.bitCount(common | never);
        return (all ? "" : "some with ") + TcpFlags.words(common)
                + (never == 0 ? "" : " without " + TcpFlags.words(never));
    }
}
