package boxwall.explain;

import boxwall.netfilter.Cancelled;
import java.util.Arrays;

/**
 * Sets of bit strings as reduced ordered binary decision diagrams (Bryant 1986). A set is the number of a node; a node
 * tests one bit ({@code level}) and continues with {@code low} or {@code high}. Equal sets have equal numbers, so sets
 * are compared as ints.
 *
 * <p>
 * Nodes are in int arrays and are never freed: a diagram lives as long as its query. Nodes and steps have a limit,
 * beyond which {@link TooComplex} is thrown, so every query ends.
 */
final class Bdd {
    static final int NONE = 0;
    static final int ALL = 1;
    /** Bytes of a node, with its share of the hash table, the cache, and an array that is being copied. */
    static final int NODE_BYTES = 32;

    private static final int AND = 0;
    private static final int OR = 1;
    private static final int MINUS = 2;
    private static final int PROJECT = 3;
    private static final int START = 1024;
    /** Limit of steps for each allowed node: the cache forgets results, so a small diagram could take for ever. */
    private static final int STEPS_PER_NODE = 16;
    private static final long STEPS_MIN = 8000000;

    private final int limit;
    private int[] level = {Integer.MAX_VALUE, Integer.MAX_VALUE};
    private int[] low = {};
    private int[] high = {};
    private int[] next;
    private int[] heads;
    private int[] cache;
    /** The steps of all diagrams in this JVM, for a test that counts them. */
    static long steps;

    private int size = 2;
    /** The share of each node before {@link #shared}, see {@link #share}. */
    private double[] shares = {};
    private int shared;
    private long stepsLeft;

    /** An empty diagram of at most {@code limit} nodes. */
    Bdd(int limit) {
        this.limit = limit;
        refill();
        resize(Math.min(START, limit));
    }

    /** The nodes that fit into a third of this JVM's heap: the ruleset and the daemon need the rest. */
    static int affordable() {
        long nodes = Runtime.getRuntime().maxMemory() / 3 / NODE_BYTES;
        return (int) Math.max(START, Math.min(nodes, 4000000));
    }

    /** Limit of the steps of one query. */
    long stepsAllowed() {
        return Math.max(STEPS_MIN, (long) STEPS_PER_NODE * limit);
    }

    long stepsTaken() { return stepsAllowed() - stepsLeft; }

    /** Allows another query the same number of steps. */
    void refill() { stepsLeft = stepsAllowed(); }

    /** Counts a step of a walk or an operation; ends it at the limit, or when nobody waits for the result. */
    void step() {
        steps++;
        if ((--stepsLeft & 1023) == 0) { Cancelled.check(); }
        if (stepsLeft < 0) { throw new TooComplex("the query takes too many steps"); }
    }

    /** The bit that a node tests; MAX_VALUE for {@link #NONE} and {@link #ALL}. */
    int level(int set) {
        return level[set];
    }

    int low(int set) { return low[set]; }

    int high(int set) { return high[set]; }

    /** The set that continues with {@code whenZero} or {@code whenOne}; both must test later bits only. */
    int node(int at, int whenZero, int whenOne) {
        if (whenZero == whenOne) { return whenZero; }
        int hash = hash(at, whenZero, whenOne);
        for (int i = heads[hash & heads.length - 1]; i != 0; i = next[i]) {
            if (level[i] == at && low[i] == whenZero && high[i] == whenOne) { return i; }
        }
        if (size == level.length) { resize(size * 2); }
        int slot = hash & heads.length - 1;
        level[size] = at;
        low[size] = whenZero;
        high[size] = whenOne;
        next[size] = heads[slot];
        heads[slot] = size;
        return size++;
    }

    private static int hash(int a, int b, int c) {
        int h = a * 0x9e3779b1 ^ b * 0x85ebca6b ^ c * 0xc2b2ae35;
        return h ^ h >>> 15;
    }

    /** Makes room for more nodes; the hash requires a length that is a power of two. */
    private void resize(int length) {
        Cancelled.check();
        if (length > limit) { throw new TooComplex("the sets of packets take more than " + size + " nodes"); }
        level = Arrays.copyOf(level, length);
        low = Arrays.copyOf(low, length);
        high = Arrays.copyOf(high, length);
        heads = new int[length];
        next = new int[length];
        cache = new int[length];
        for (int i = 2; i < size; i++) {
            int slot = hash(level[i], low[i], high[i]) & length - 1;
            next[i] = heads[slot];
            heads[slot] = i;
        }
    }

    int and(int a, int b) {
        return a == NONE || b == NONE ? NONE : a == ALL || a == b ? b : b == ALL ? a : apply(AND, a, b);
    }

    /** The intersection of all sets. */
    int and(int a, int b, int... more) {
        int set = and(a, b);
        for (int other : more) {
            set = and(set, other);
        }
        return set;
    }

    int or(int a, int b) {
        return a == ALL || b == ALL ? ALL : a == NONE || a == b ? b : b == NONE ? a : apply(OR, a, b);
    }

    /** The part of {@code a} that is not in {@code b}. */
    int minus(int a, int b) {
        return a == NONE || b == ALL || a == b ? NONE : b == NONE ? a : apply(MINUS, a, b);
    }

    int not(int a) { return minus(ALL, a); }

    /** The values of the bits from {@code from} to before {@code to} in the set, with every value of the other bits. */
    int project(int set, int from, int to) {
        return set == NONE ? NONE : level[set] >= to ? ALL : apply(PROJECT + from, set, to);
    }

    /** Reads the result from the cache, or computes it. An empty entry equals operands that are decided before. */
    private int apply(int operation, int a, int b) {
        int[] results = cache;
        int slot = (hash(operation, a, b) & results.length / 4 - 1) * 4;
        if (results[slot] == operation && results[slot + 1] == a && results[slot + 2] == b) {
            return results[slot + 3];
        }
        step();
        int result;
        if (operation >= PROJECT) {
            int from = operation - PROJECT;
            int zero = project(low[a], from, b);
            int one = project(high[a], from, b);
            result = level[a] < from ? or(zero, one) : node(level[a], zero, one);
        } else {
            int levelA = level[a];
            int levelB = level[b];
            int at = levelA < levelB ? levelA : levelB;
            int a0 = levelA == at ? low[a] : a;
            int a1 = levelA == at ? high[a] : a;
            int b0 = levelB == at ? low[b] : b;
            int b1 = levelB == at ? high[b] : b;
            int zero = operation == AND ? and(a0, b0) : operation == OR ? or(a0, b0) : minus(a0, b0);
            int one = operation == AND ? and(a1, b1) : operation == OR ? or(a1, b1) : minus(a1, b1);
            result = node(at, zero, one);
        }
        // lost if the cache was replaced meanwhile
        results[slot] = operation;
        results[slot + 1] = a;
        results[slot + 2] = b;
        results[slot + 3] = result;
        return result;
    }

    /** The part of all bit strings that is in the set, 0 to 1; an estimate by the precision of a double. */
    double share(int set) {
        if (shares.length <= set) { shares = Arrays.copyOf(shares, level.length); }
        // a node has a higher number than its successors
        for (; shared <= set; shared++) {
            shares[shared] = shared <= ALL ? shared : (shares[low[shared]] + shares[high[shared]]) / 2;
        }
        return shares[set];
    }

    /** A bit string of a set that isn't empty, with zeros where both bits are possible. */
    boolean[] any(int set, int bits) {
        boolean[] found = new boolean[bits];
        int at = set;
        while (at != ALL) {
            boolean one = low[at] == NONE;
            found[level[at]] = one;
            at = one ? high[at] : low[at];
        }
        return found;
    }
}
