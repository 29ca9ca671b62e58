package boxwall.syntax;

import boxwall.netfilter.Family;
import boxwall.netfilter.Option;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What some extensions do with their options when all are read: defaults that depend on others, two ways to say one
 * thing.
 */
final class ExtensionCheck {
    static List<Option> options(String how, List<Option> given, Family family) throws ValueException {
        List<Option> all = new ArrayList<>(given);
        switch (how) {
            case "connlimit" :
                swapIfNegated(all, "--connlimit-upto", "--connlimit-above");
                addUnless(all, "--connlimit-saddr", "--connlimit-daddr");
                break;
            case "recent" :
                addUnless(all, "--rsource", "--rdest");
                break;
            case "nfqueue" :
                if (find(all, "--queue-num") == null && find(all, "--queue-balance") == null) {
                    all.add(Option.of("--queue-num", "0"));
                }
                break;
            case "connmark" :
                connmark(all);
                break;
            case "tcp" :
                tcp(all);
                break;
            case "limit" :
                limit(all);
                break;
            case "hashlimit" :
                hashlimit(all, family);
                break;
            case "statistic" :
                statistic(all);
                break;
            case "string" :
                string(all);
                break;
            case "time" :
                time(all);
                break;
            case "cluster" :
                Option nodes = find(all, "--cluster-total-nodes");
                Option mask = find(all, "--cluster-local-nodemask");
                // either of them lacking is an error already
                if (nodes != null && mask != null
                        && Numbers.parse(mask.value()) >> Long.parseLong(nodes.value()) != 0) {
                    throw new ValueException("a node above --cluster-total-nodes", "correct one of them");
                }
                break;
            case "ipcomp" :
                Option spi = find(all, "--ipcompspi");
                if (spi != null && spi.value().equals("0:4294967295")) {
                    throw new ValueException("every SPI",
                            "-p 108 alone says that; iptables-save would print a rule for the SPI 0");
                }
                break;
            case "policy" :
                policy(all);
                break;
            case "rt" :
                Option type = find(all, "--rt-type");
                boolean zero = type != null && !type.negated && type.value().equals("0");
                if (!zero && (find(all, "--rt-0-res") != null || find(all, "--rt-0-addrs") != null)) {
                    throw new ValueException("--rt-0-res or --rt-0-addrs without --rt-type 0", "add it");
                }
                break;
            default :
                throw new IllegalStateException("extensions: unknown finish=" + how);
        }
        return all;
    }

    static Option find(List<Option> all, String name) {
        for (Option option : all) {
            if (option.name.equals(name)) { return option; }
        }
        return null;
    }

    private static void addUnless(List<Option> all, String name, String other) {
        if (find(all, name) == null && find(all, other) == null) { all.add(Option.of(name)); }
    }

    /** {@code ! --upto n} is {@code --above n} and vice versa. */
    private static void swapIfNegated(List<Option> all, String upto, String above) {
        for (int i = 0; i < all.size(); i++) {
            Option option = all.get(i);
            if (option.negated && (option.name.equals(upto) || option.name.equals(above))) {
                all.set(i, new Option(option.name.equals(upto) ? above : upto, false, option.values));
            }
        }
    }

    /** --save-mark and --restore-mark have two masks, which --mask sets together; setting a mark has none of them. */
    private static void connmark(List<Option> all) throws ValueException {
        Option mask = find(all, "--mask");
        boolean copies = find(all, "--set-xmark") == null;
        for (String name : new String[] {"--nfmask", "--ctmask"}) {
            Option own = find(all, name);
            if (own != null && (mask != null || !copies) || mask != null && !copies) {
                throw new ValueException("a mask that doesn't belong there",
                        "--nfmask and --ctmask, or --mask for both, go with --save-mark and --restore-mark");
            }
            if (own == null && copies) { all.add(Option.of(name, mask != null ? mask.value() : "0xffffffff")); }
        }
        all.remove(mask);
    }

    /**
     * No flag looked at and one expected, or none expected and negated: iptables-save would drop the option, and so
     * turn the rule round.
     */
    private static void tcp(List<Option> all) throws ValueException {
        Option flags = find(all, "--tcp-flags");
        boolean none = flags != null && flags.value().equals("NONE");
        if (none && flags.negated == flags.values.get(1).equals("NONE")) {
            throw new ValueException("--tcp-flags NONE with this matches no packet", "name the flags to look at");
        }
    }

    private static void limit(List<Option> all) throws ValueException {
        Option rate = find(all, "--limit");
        Option burst = find(all, "--limit-burst");
        burst(Rate.limitPeriod(rate == null ? "3/hour" : rate.value()), burst == null ? "5" : burst.value(), false);
    }

    private static void burst(long period, String packets, boolean wide) throws ValueException {
        if (!(wide ? Rate.isCounted(period, Long.parseLong(packets))
                : Rate.countable(period, Long.parseLong(packets), false))) {
            throw new ValueException("a burst of " + packets + " takes longer than the kernel can count, or is nothing",
                    "choose a higher rate or another burst, as 1");
        }
    }

    /**
     * The table's entries live as long as the rate's unit, as the user wrote it; printed when the printed rate has
     * another unit.
     */
    private static void hashlimit(List<Option> all, Family family) throws ValueException {
        swapIfNegated(all, "--hashlimit-upto", "--hashlimit-above");
        for (String name : new String[] {"--hashlimit-srcmask", "--hashlimit-dstmask"}) {
            Option mask = find(all, name);
            if (mask != null && mask.value().equals(String.valueOf(family.addressBits))) { all.remove(mask); }
        }
        Option rate =
                find(all, "--hashlimit-upto") != null ? find(all, "--hashlimit-upto") : find(all, "--hashlimit-above");
        Option expire = find(all, "--hashlimit-htable-expire");
        if (rate == null) { return; }
        Option burst = find(all, "--hashlimit-burst");
        burst(Rate.hashPeriod(rate.value()), burst == null ? "5" : burst.value(), true);
        // values of an option hold the printed rate and, behind it, the unit that was written
        String printed = String.valueOf(Rate.seconds(rate.values.get(0)) * 1000);
        String written = rate.values.size() > 1 ? rate.values.get(1) : printed;
        all.set(all.indexOf(rate), Option.of(rate.name, rate.value()));
        if (expire == null && !written.equals(printed)) {
            all.add(Option.of("--hashlimit-htable-expire", written));
        } else if (expire != null && expire.value().equals(printed)) { all.remove(expire); }
    }

    /** random has a probability; nth has --every and --packet, which iptables 1.8 wants written. */
    private static void statistic(List<Option> all) throws ValueException {
        Option mode = find(all, "--mode");
        Option every = find(all, "--every");
        Option packet = find(all, "--packet");
        boolean nth = mode != null && "nth".equals(mode.value());
        if (nth != (every != null) || !nth && packet != null) {
            throw new ValueException(nth ? "--mode nth without --every" : "--every or --packet with --mode random",
                    "--mode random takes --probability, --mode nth takes --every and --packet");
        }
        if (nth && packet == null) {
            all.add(Option.of("--packet", "0"));
        } else if (nth && Long.parseLong(packet.value()) >= Long.parseLong(every.value())) {
            throw new ValueException("--packet must be below --every", "packets count from 0");
        }
    }

    /** Kept as bytes, printed as text when all of them can be. */
    private static void string(List<Option> all) throws ValueException {
        for (int i = 0; i < all.size(); i++) {
            Option option = all.get(i);
            boolean hex = option.name.equals("--hex-string");
            if (hex || option.name.equals("--string")) {
                byte[] pattern = hex ? Pattern.parse(option.value()) : Pattern.bytes(option.value());
                String name = Pattern.printable(pattern) ? "--string" : "--hex-string";
                all.set(i, new Option(name, option.negated, Collections.singletonList(Pattern.print(pattern))));
            }
        }
        Option from = find(all, "--from");
        Option to = find(all, "--to");
        if (from != null && to != null && Long.parseLong(from.value()) > Long.parseLong(to.value())) {
            throw new ValueException("--from behind --to", "write the lower offset as --from");
        }
    }

    /** Both ends of the day are printed when one of them isn't the day's own. */
    private static void time(List<Option> all) throws ValueException {
        Option start = find(all, "--timestart");
        Option stop = find(all, "--timestop");
        String from = start == null ? "00:00:00" : start.value();
        String to = stop == null ? "23:59:59" : stop.value();
        all.remove(start);
        all.remove(stop);
        if (!from.equals("00:00:00") || !to.equals("23:59:59")) {
            all.add(Option.of("--timestart", from));
            all.add(Option.of("--timestop", to));
        }
        if (find(all, "--contiguous") != null && from.compareTo(to) < 0) {
            throw new ValueException("--contiguous with a time that doesn't cross midnight", "remove it");
        }
    }

    /** libxt_policy.c: none takes nothing more; --strict takes something; the tunnel's ends want --mode tunnel. */
    private static void policy(List<Option> all) throws ValueException {
        boolean strict = false;
        boolean ends = false;
        boolean tunnel = false;
        int parts = 0;
        for (Option option : all) {
            String name = option.name;
            strict |= name.equals("--strict");
            ends |= name.startsWith("--tunnel");
            tunnel |= name.equals("--mode") && option.value().equals(option.negated ? "transport" : "tunnel");
            parts += name.equals("--dir") || name.equals("--pol") || name.equals("--strict") ? 0 : 1;
        }
        Option pol = find(all, "--pol");
        if (pol != null && pol.value().equals("none") && (strict || parts > 0)) {
            throw new ValueException("--pol none with more about a policy", "keep one of them");
        }
        if (strict && parts == 0) {
            throw new ValueException("--strict with nothing to compare",
                    "add --reqid, --spi, --proto, --mode or the tunnel's ends");
        }
        if (ends && !tunnel) {
            throw new ValueException("--tunnel-src or --tunnel-dst without --mode tunnel", "add --mode tunnel");
        }
    }
}
