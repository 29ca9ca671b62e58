package boxwall.syntax;

import boxwall.netfilter.Addresses;
import boxwall.netfilter.Family;
import boxwall.netfilter.Network;
import boxwall.netfilter.Option;
import boxwall.netfilter.Words;

import java.util.List;

/**
 * The kinds of values that one extension alone has (policy, physdev, u32, cluster, ipv6header, rt, NPT). Each is held against the real
 * program by the differential test.
 */
final class Rare {
    /** Names of -m ipv6header in the order in which they are printed where /etc/protocols is lacking; the numbers are the header's own. */
    private static final String[][] HEADERS = {{"hop-by-hop", "hop", "0"}, {"dst", "ipv6-opts", "60"}, {"route", "ipv6-route", "43"},
        {"frag", "ipv6-frag", "44"}, {"auth", "51"}, {"esp", "50"}, {"none", "ipv6-nonxt", "59"}, {"protocol", "prot", "255"}};

    /** Null when the kind isn't one of these. */
    static String value(String kind, String argument, String text, Family family) throws Bad {
        switch (kind) {
            case "exact":
                return exact(text, Words.split(argument, ','));
            case "device":
                return device(text);
            case "hostmask":
                return hostMask(text, family);
            case "srhmask":
                String host = hostMask(text, family);
                return host.indexOf('/') < 0 ? host + "/" + family.addressBits : host;
            case "dccptypes":
                return wholeNames(text, Words.split(argument, ','));
            case "prefix64":
                return prefix(text, family);
            case "addresses":
                return addresses(text, Integer.parseInt(argument), family);
            case "headers":
                return headers(text);
            case "u32":
                return U32.canonical(text);
            case "label":
                return String.valueOf(Numbers.within(text, 0, 127));
            case "hex8":
                int dash = argument.indexOf('-');
                return hex8(Numbers.within(text, Long.parseLong(argument.substring(0, dash)), Long.parseLong(argument.substring(dash + 1))));
            case "hexdigits":
                return hexDigits(text, argument);
            case "nodebit":
                // 1.8 reads back a mask up to 32 only, which is the sixth node's bit
                return hex8(1L << Numbers.within(text, 1, 6) - 1);
            default:
                return null;
        }
    }

    /** {@code name} or {@code alias>name}, letter by letter. */
    private static String exact(String text, String[] set) throws Bad {
        StringBuilder all = new StringBuilder("use one of");
        for (String entry : set) {
            int arrow = entry.indexOf('>');
            String name = arrow < 0 ? entry : entry.substring(0, arrow);
            if (name.equals(text)) {
                return entry.substring(arrow + 1);
            }
            all.append(' ').append(name);
        }
        throw new Bad(text.length() == 0 ? "an empty name" : "unknown name " + Errors.show(text), all.toString());
    }

    /** A bridge port's name, as -i takes it. */
    private static String device(String text) throws Bad {
        boolean good = text.length() > 0 && text.length() <= 15;
        for (int i = 0; i < text.length(); i++) {
            good &= text.charAt(i) > ' ' && text.charAt(i) < 127 && "/\"'\\".indexOf(text.charAt(i)) < 0;
        }
        if (!good) {
            throw new Bad("not an interface: " + Errors.show(text), "1 to 15 characters, as in /proc/net/dev");
        }
        return text;
    }

    /** The address whole, its mask only when it isn't all ones; a mask with holes is printed wrongly by iptables-save. */
    private static String hostMask(String text, Family family) throws Bad {
        if (Inet.network(text, family).prefix < 0) {
            throw new Bad("a mask with holes: " + Errors.show(text), "write the number of bits");
        }
        return Inet.host(text, family);
    }

    /** At most 64 bits (none at all would be saved as no option), nothing behind them (the kernel's ip6t_NPT.c). */
    private static String prefix(String text, Family family) throws Bad {
        Network network = Inet.network(text, family);
        int slash = text.lastIndexOf('/');
        boolean exact = slash > 0 && Addresses.print(Inet.address(text.substring(0, slash), family)).equals(Addresses.print(network.address()));
        if (!exact || network.prefix < 1 || network.prefix > 64) {
            throw new Bad("not a prefix of 1 to 64 bits: " + Errors.show(text), "write it as fd00::/64, with zeros behind the prefix");
        }
        return network.toString();
    }

    private static String addresses(String text, int limit, Family family) throws Bad {
        StringBuilder out = new StringBuilder();
        String[] parts = Words.split(text, ',');
        for (String part : parts) {
            out.append(out.length() == 0 ? "" : ",").append(Addresses.print(Inet.address(part, family)));
        }
        if (parts.length > limit) {
            throw new Bad("more than " + limit + " addresses", "the kernel keeps " + limit);
        }
        return out.toString();
    }

    private static String headers(String text) throws Bad {
        boolean[] given = new boolean[HEADERS.length];
        for (String part : Words.split(text, ',')) {
            boolean known = false;
            for (int i = 0; i < HEADERS.length; i++) {
                boolean is = java.util.Arrays.asList(HEADERS[i]).contains(part);
                given[i] |= is;
                known |= is;
            }
            if (!known) {
                throw new Bad("unknown name " + Errors.show(part), "use hop, dst, route, frag, auth, esp, none, prot");
            }
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < HEADERS.length; i++) {
            out.append(given[i] ? (out.length() == 0 ? "" : ",") + HEADERS[i][0] : "");
        }
        return out.toString();
    }

    /** Names with commas, case ignored, printed in the set's order. */
    private static String wholeNames(String text, String[] set) throws Bad {
        StringBuilder out = new StringBuilder();
        java.util.List<String> parts = java.util.Arrays.asList(Words.split(text.toUpperCase(java.util.Locale.ROOT), ','));
        for (String part : parts) {
            exact(part, set);
        }
        for (String name : set) {
            out.append(parts.contains(name) ? (out.length() == 0 ? "" : ",") + name : "");
        }
        return out.toString();
    }

    /** {@link Finish} for these extensions. */
    static void finish(String how, List<Option> all) throws Bad {
        switch (how) {
            case "cluster":
                Option nodes = Finish.find(all, "--cluster-total-nodes");
                Option mask = Finish.find(all, "--cluster-local-nodemask");
                // either of them lacking is an error already
                if (nodes != null && mask != null && Numbers.parse(mask.value()) >> Long.parseLong(nodes.value()) != 0) {
                    throw new Bad("a node above --cluster-total-nodes", "correct one of them");
                }
                break;
            case "ipcomp":
                Option spi = Finish.find(all, "--ipcompspi");
                if (spi != null && spi.value().equals("0:4294967295")) {
                    throw new Bad("every SPI", "-p 108 alone says that; iptables-save would print a rule for the SPI 0");
                }
                break;
            case "policy":
                policy(all);
                break;
            case "rt":
                Option type = Finish.find(all, "--rt-type");
                boolean zero = type != null && !type.negated && type.value().equals("0");
                if (!zero && (Finish.find(all, "--rt-0-res") != null || Finish.find(all, "--rt-0-addrs") != null)) {
                    throw new Bad("--rt-0-res or --rt-0-addrs without --rt-type 0", "add it");
                }
                break;
            default:
                throw new IllegalStateException("extensions: unknown finish=" + how);
        }
    }

    /** libxt_policy.c: none takes nothing more; --strict takes something; the tunnel's ends want --mode tunnel. */
    private static void policy(List<Option> all) throws Bad {
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
        Option pol = Finish.find(all, "--pol");
        if (pol != null && pol.value().equals("none") && (strict || parts > 0)) {
            throw new Bad("--pol none with more about a policy", "keep one of them");
        }
        if (strict && parts == 0) {
            throw new Bad("--strict with nothing to compare", "add --reqid, --spi, --proto, --mode or the tunnel's ends");
        }
        if (ends && !tunnel) {
            throw new Bad("--tunnel-src or --tunnel-dst without --mode tunnel", "add --mode tunnel");
        }
    }

    /** As many digits at least and at most as the argument's two say. */
    private static String hexDigits(String text, String argument) throws Bad {
        String value = Numbers.hex(Numbers.within(text, 0, (1L << 4 * (argument.charAt(1) - '0')) - 1)).substring(2);
        return "0x00000000".substring(0, 2 + Math.max(0, argument.charAt(0) - '0' - value.length())) + value;
    }

    private static String hex8(long value) {
        return "0x" + Long.toHexString(0x100000000L | value).substring(1);
    }
}
