package boxwall.syntax;

import boxwall.netfilter.Family;

import java.util.ArrayList;
import java.util.List;

/** For an option that nobody in the rule has: whose it is, or what it was probably meant to be. */
final class Owners {
    static String hint(String name, Family family, boolean noProtocol, List<ExtensionUse> uses) {
        Extensions all = Extensions.get();
        String owner = null;
        if (noProtocol && has(all.match("tcp", family), name)) {
            return "write -p tcp" + (has(all.match("udp", family), name) ? " (or udp)" : "") + " before it";
        }
        for (int round = 0; round < 2 && owner == null; round++) {
            for (String each : all.names(round == 1, family)) {
                Extension e = round == 1 ? all.target(each, family) : all.match(each, family);
                if (has(e, name) && (owner == null || e.implicit != null && noProtocol)) {
                    owner = (e.target ? "-j " : "-m ") + each;
                    if (e.implicit != null) { return "write -p " + e.implicit + " before it"; }
                }
            }
        }
        if (owner != null) { return "write " + owner + " before it"; }
        List<String> names = new ArrayList<>(BaseOption.names());
        for (ExtensionUse use : uses) {
            if (use.extension != null) {
                for (OptionSpec spec : use.extension.options) {
                    names.addAll(spec.names);
                }
            }
        }
        return Nearest.hint(name, names, "see iptables-extensions(8)");
    }

    private static boolean has(Extension e, String name) {
        for (OptionSpec spec : e.options) {
            if (spec.names.contains(name)) { return true; }
        }
        return false;
    }
}
