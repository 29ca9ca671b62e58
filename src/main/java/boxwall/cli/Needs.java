package boxwall.cli;

import boxwall.daemon.Box;
import boxwall.daemon.Candidate;
import boxwall.explain.TrailEntry;
import boxwall.facts.Requirement;
import boxwall.modules.Capability;
import boxwall.modules.ConntrackVerdict;
import boxwall.modules.ImageModel;
import boxwall.sys.BoxException;
import boxwall.netfilter.Family;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Words;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Lists what an image for a model must contain for a ruleset, as lines of Freetz' .config. Compiles the ruleset for the
 * model as if the image had every module of Freetz: the image needs the modules that it would load; those missing even
 * then are unavailable.
 */
final class Needs {
    private final ImageModel model;
    private final Box box;
    private final Set<String> modules = new LinkedHashSet<>();
    private final Set<String> builtin = new LinkedHashSet<>();
    private final Map<String, String> lacking = new LinkedHashMap<>();
    private boolean ipv6;
    /** Whether only the stateless form is recommended. */
    private boolean stateless;

    private Needs(ImageModel model) {
        this.model = model;
        box = new Box(model.readings(model.obtainable()));
    }

    /** Runs the verb; returns 1 if something is not available on the model. */
    static int run(Arguments arguments, Verbs verbs, PrintStream out) throws BoxException {
        String model = arguments.get("--model", null);
        String firmware = arguments.get("--firmware", null);
        if (model == null || firmware == null) {
            throw new BoxException("needs takes --model MODEL and --firmware VERSION, for example 7590 and 08.2x");
        }
        Needs needs;
        try {
            needs = new Needs(ImageModel.find(model, firmware));
        } catch (IllegalArgumentException e) {
            throw new BoxException(e.getMessage());
        }
        // both forms, because a box falls back to the stateless one
        needs.stateless = needs.model.lacksMemory() && verbs.stateful().equals("auto");
        for (String stateful : Arrays.asList(needs.stateless ? "no" : verbs.stateful(), "no")) {
            Candidate candidate = verbs.compiled(needs.box, stateful, 0);
            if (candidate == null) { return 1; }
            needs.add(candidate.compiled.ruleset, candidate.compiled.modules);
        }
        out.print(needs.text(arguments.files.get(0)));
        return needs.lacking.isEmpty() && needs.model.obstacle.length() == 0 ? 0 : 1;
    }

    private void add(Ruleset ruleset, Collection<String> loaded) {
        modules.addAll(loaded);
        for (Family family : Family.values()) {
            for (TrailEntry entry : TrailEntry.all(ruleset, family)) {
                add(family, new Requirement(family, entry.table, entry.rule, box.facts));
            }
        }
        ipv6 |= !ruleset.tables(Family.IPV6).isEmpty();
    }

    private void add(Family family, Requirement requirement) {
        for (Map.Entry<String, Capability> feature : requirement.features.entrySet()) {
            Capability capability = feature.getValue();
            int blank = feature.getKey().indexOf(' ');
            builtin.addAll(
                    model.builtin(family, feature.getKey().substring(0, blank), feature.getKey().substring(blank + 1)));
            if (capability.state.compareTo(Capability.State.UNKNOWN) >= 0 && !lacking.containsKey(feature.getKey())) {
                lacking.put(feature.getKey(), requirement.origin + ": " + feature.getKey() + ": " + reason(capability));
            }
        }
    }

    private String reason(Capability capability) {
        return capability.state == Capability.State.REFUSED ? capability.evidence()
                : "neither Freetz' menu nor its configuration of this kernel has the module (" + capability.evidence()
                        + ")";
    }

    /** The lines for .config, with comments. */
    private String text(String rules) {
        StringBuilder out =
                new StringBuilder("# " + model.title + ": what " + rules + " needs in an image of Freetz-NG\n");
        if (model.obstacle.length() > 0) {
            return out.append("# not available: ").append(model.obstacle).append('\n').toString();
        }
        Set<String> own = new LinkedHashSet<>();
        StringBuilder selected = new StringBuilder();
        for (String module : modules) {
            if (model.offered.contains(module)) {
                selected.append("FREETZ_MODULE_").append(module).append("=y\n");
            } else if (model.own.contains(module)) { own.add(module); }
        }
        // Freetz reads FREETZ_MODULES_OWN from level Expert on
        out.append(model.isForDevelopers() ? "FREETZ_USER_LEVEL_DEVELOPER=y\n" : own.isEmpty() ? ""
                : "FREETZ_USER_LEVEL_EXPERT=y\n")
                .append("FREETZ_PACKAGE_IPTABLES=y\nFREETZ_PACKAGE_IPTABLES_SAVE_RESTORE=y\nFREETZ_PACKAGE_IPTABLES_STATIC=y\n")
                .append("FREETZ_PACKAGE_BOXWALL=y\n").append(ipv6 ? "FREETZ_TARGET_IPV6_SUPPORT=y\n" : "")
                .append(selected);
        if (!model.unwanted.isEmpty()) {
            out.append(
                    "# built into this kernel, or selects what is: the build would look for a file that does not exist\n");
            for (String module : model.unwanted) {
                out.append("# FREETZ_MODULE_").append(module).append(" is not set\n");
            }
        }
        out.append(own.isEmpty() ? "" : "FREETZ_MODULES_OWN=\"" + Words.join(own, " ") + "\"\n");
        out.append(builtin.isEmpty() ? "" : "# built into this kernel: " + Words.join(builtin, " ") + "\n");
        ConntrackVerdict conntrack = box.facts.conntrack();
        if (stateless || conntrack.state == ConntrackVerdict.State.REFUSED
                || conntrack.state == ConntrackVerdict.State.MISSING) {
            out.append("# no connection tracking, rules with states are compiled to stateless ones: ")
                    .append(stateless ? "it runs out of memory and reboots the box" : conntrack.reason).append('\n');
        }
        if (ipv6 && model.lacksMemory()) {
            out.append("# IPv6 needs a replaced kernel; without it leave its lines out\n");
        }
        for (String line : lacking.values()) {
            out.append("# not available: ").append(line).append('\n');
        }
        return out.toString();
    }
}
