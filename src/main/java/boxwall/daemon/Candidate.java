package boxwall.daemon;

import boxwall.apply.BootPlane;
import boxwall.avm.Listeners;
import boxwall.avm.Listeners.Service;
import boxwall.box.Finding;
import boxwall.check.CheckedRuleset;
import boxwall.check.Checker;
import boxwall.check.Proofs;
import boxwall.compile.Compiled;
import boxwall.compile.Compiler;
import boxwall.explain.BoxNetwork;
import boxwall.explain.Explanation;
import boxwall.explain.Exposure;
import boxwall.explain.Verdicts;
import boxwall.facts.BoxFacts;
import boxwall.netfilter.Family;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import boxwall.netfilter.Words;
import boxwall.plan.Plan;
import boxwall.plan.Stamp;
import boxwall.report.ExposureJson;
import boxwall.report.JsonText;
import boxwall.syntax.Directive;
import boxwall.syntax.Includes;
import boxwall.syntax.ParsedRules;
import boxwall.syntax.RulesetParser;
import boxwall.syntax.Source;
import boxwall.syntax.UnknownExtensions;
import boxwall.sys.BoxException;
import boxwall.sys.Sys;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A ruleset's text, parsed, compiled and checked for one box. Once a request or the watch has made it, only the advice
 * is added.
 */
public final class Candidate {
    /** Lines of a table in a finding. */
    private static final int SHOWN = 5;

    /** The text as the user wrote it. */
    final String text;
    public final ParsedRules parsed;
    /** Null when the text has errors. */
    public Compiled compiled;
    /** The findings that can refuse the ruleset; after a thorough check the advice, too. */
    public final List<Finding> findings = new ArrayList<>();
    /** Whether the administrator keeps access; null when that was not checked. */
    Administrator admin;
    /** The box that it was compiled for. */
    final BoxFacts facts;
    private final Config config;
    private final byte[] client;
    /** Identifies this text in If-Match: a hash of its characters, and their number. */
    public final String etag;
    /** Findings that refuse nothing; null until requested. */
    private volatile List<Finding> advice;

    private Candidate(Source source, Includes includes, Box box, Config config, byte[] client) {
        text = source.text;
        etag = etag(text);
        facts = box.facts;
        this.config = config;
        this.client = client;
        parsed = RulesetParser.parse(source, facts.names, includes,
                UnknownExtensions.of(facts.userland.extensionFiles));
        compiled = parsed.errors().isEmpty() ? compile(config) : null;
    }

    /** Parses and compiles a text for queries. Nothing is checked, so it counts as refused and can't be applied. */
    public static Candidate unchecked(Source source, Includes includes, Box box, Config config) {
        Candidate candidate = new Candidate(source, includes, box, config, null);
        if (candidate.compiled == null) { candidate.findings.addAll(Checker.decisions(candidate.ruleset())); }
        return candidate;
    }

    /**
     * Parses, compiles and checks a text; never throws for its contents.
     *
     * @param client address that sent the request, or null if there is none
     * @param thorough whether to compute the advice too, which takes as long as all the rest
     */
    public static Candidate of(Source source, Includes includes, Box box, Config config, byte[] client,
            boolean thorough) {
        Candidate candidate = new Candidate(source, includes, box, config, client);
        candidate.check(box, thorough);
        return candidate;
    }

    private void check(Box box, boolean thorough) {
        if (text.length() == 0) {
            findings.add(Finding.of("empty-ruleset.text", "", Collections.<String>emptyList()));
            return;
        }
        CheckedRuleset checked = ruleset();
        findings.addAll(Checker.decisions(checked));
        if (thorough) { findings.addAll(Checker.advice(checked)); }
        // a text with errors has nothing to prove, and the proof is most of the time that a check takes
        if (compiled == null) { return; }
        findings.addAll(Checker.leftOut(compiled.notes));
        admin = new Administrator(checked.loaded, facts, client, config.number("PORT"));
        findings.addAll(Proofs.expectations(checked));
        if (thorough) { findings.addAll(Proofs.advice(checked, Listeners.of(box.readings))); }
        findings.addAll(admin.findings());
    }

    private CheckedRuleset ruleset() {
        return new CheckedRuleset(parsed, compiled == null ? Ruleset.empty() : compiled.ruleset, facts);
    }

    private Compiled compile(Config settings) {
        return Compiler.compile(parsed, facts, settings.choice("STATEFUL"), settings.choice("IPV6"),
                settings.get("OPTIMIZE").equals("yes"));
    }

    /** The form for boxes that refuse connection tracking; null when {@link #compiled} is that form already. */
    Compiled stateless() {
        return compiled == null || !compiled.stateful ? null : compile(config.with("STATEFUL", "no"));
    }

    /**
     * Explains the verdict on the packet that the keys describe; IllegalArgumentException says what is wrong in them.
     */
    public Explanation explain(Map<String, String> keys, BoxFacts now) {
        return new Explanation(compiled.ruleset, compiled.stateful ? null : parsed.ruleset(), keys, now);
    }

    /** Which services are reachable from where with this ruleset, and with the live rules. */
    public ExposureJson exposure(Box now) {
        BoxNetwork boxNetwork = BoxNetwork.of(now.facts);
        List<Service> known = Listeners.of(now.readings);
        List<Service> services = known == null ? Collections.<Service>emptyList() : known;
        List<String> interfaces = Listeners.exposedInterfaces(now.facts.interfaces);
        Ruleset live = now.live();
        Ruleset loaded = loaded(live);
        Exposure before = live == null ? null : Exposure.of(new Verdicts(live, boxNetwork), services, interfaces);
        // equal rules need no second walk
        Exposure after =
                loaded.equals(live) ? before : Exposure.of(new Verdicts(loaded, boxNetwork), services, interfaces);
        return new ExposureJson(before, after, known);
    }

    /** The rules after loading this ruleset: its tables, and the live tables that it doesn't contain. */
    Ruleset loaded(Ruleset live) {
        Ruleset loaded = live == null ? Ruleset.empty() : live;
        for (Family family : Family.values()) {
            for (Table table : compiled.ruleset.tables(family)) {
                loaded = loaded.with(family, table, compiled.ruleset.chains(family, table));
            }
        }
        return loaded;
    }

    /**
     * {@code {etag, mode, rules{ipv4,ipv6}, modules[], advice, findings[], notes[{where, text}]}}; only the findings of
     * a text with errors.
     *
     * @param rest the source of the remaining findings, null if there are none
     */
    public String json(String rest) {
        if (compiled == null) { return JsonText.of("findings", findings).toString(); }
        Object rules = JsonText.of("ipv4", compiled.ruleset.ruleCount(Family.IPV4), "ipv6",
                compiled.ruleset.ruleCount(Family.IPV6));
        return JsonText.of("etag", etag, "mode", compiled.mode(), "rules", rules, "modules", compiled.modules,
                rest == null ? null : "advice", rest, "findings", findings, "notes", compiled.notes).toString();
    }

    /** Whether {@link #all} has nothing to compute. */
    boolean isAdvised() { return advice != null; }

    /**
     * All findings. Computing the advice takes as long as the check itself and may be given up between two rules.
     *
     * @param now the box with its readings
     */
    List<Finding> all(Box now) {
        if (advice == null) {
            CheckedRuleset checked = ruleset();
            List<Finding> found = new ArrayList<>(Checker.advice(checked));
            found.addAll(Proofs.advice(checked, Listeners.of(now.readings)));
            advice = found;
        }
        List<Finding> all = new ArrayList<>(findings);
        all.addAll(advice);
        return all;
    }

    /**
     * Adds to the plan, empty, each table that boxwall loaded on this box since the boot and that the ruleset no longer
     * has. The boot plane changes only the tables of a plan, so the old rules would stay live until the next boot
     * although they are in no ruleset.
     */
    public void emptyOtherTables(Sys sys) {
        for (Family family : compiled == null ? new Family[0] : Family.values()) {
            for (Map.Entry<String, String> live : LivePlan.tables(sys, config.get("RUN") + "/live", family)
                    .entrySet()) {
                Table table = Table.of(live.getKey());
                // a table that was left out for this box has a finding already
                if (table != null && live.getValue().length() > 0 && !parsed.ruleset().owns(family, table)
                        && !compiled.ruleset.owns(family, table)) {
                    compiled = compiled.emptying(family, table, facts);
                    findings.add(emptied(family, table, live.getValue()));
                }
            }
        }
    }

    private static Finding emptied(Family family, Table table, String live) {
        List<String> lines = Words.lines(live);
        boolean stops = live.contains("-j DROP") || live.contains("-j REJECT") || live.contains(" DROP\n");
        return Finding.of(stops ? "table-emptied.stops" : "table-emptied", family.command + " -t " + table.word(),
                lines.subList(0, Math.min(SHOWN, lines.size())), table.word(), family.command,
                lines.size() + (lines.size() == 1 ? " line" : " lines"));
    }

    /** Whether it would be compiled the same for that box, and the proof of access is for that client. */
    boolean isFor(BoxFacts box, byte[] address) {
        return Arrays.equals(address, client) && (box == facts
                || box.names.equals(facts.names) && box.modules().loaded.names().equals(facts.modules().loaded.names())
                        && box.conntrack().state == facts.conntrack().state
                        && String.valueOf(box.kernel.value()).equals(String.valueOf(facts.kernel.value())));
    }

    public boolean isRefused() { return compiled == null || admin == null || Checker.refuses(findings); }

    /** The entity tag of a text. */
    public static String etag(String text) {
        long hash = 1125899906842597L;
        for (char each : text.toCharArray()) {
            hash = hash * 31 + each;
        }
        return "\"" + Long.toHexString(hash) + "-" + text.length() + "\"";
    }

    /** Writes the plan to a folder in RUN and returns the folder. Heavy work. */
    String write(Sys sys) throws BoxException {
        String folder = config.get("RUN") + (compiled.stateful ? "/candidate" : "/candidate.stateless");
        write(sys, folder);
        return folder;
    }

    /** Writes the plan, with its stateless form if it has states, to a new folder. Compiles, so it is heavy work. */
    public void write(Sys sys, String folder) throws BoxException {
        Compiled stateless = stateless();
        BootPlane.write(sys, folder, plan(sys, compiled), stateless == null ? null : plan(sys, stateless));
    }

    /** The files of the plan for one of the two forms. */
    Map<String, String> plan(Sys sys, Compiled form) {
        return Plan.files(form, text, stamp(sys), config.get("PA"));
    }

    private Stamp stamp(Sys sys) {
        Stamp stamp = new Stamp().put("id", uuid(sys)).put("created", String.valueOf(System.currentTimeMillis() / 1000))
                .put("kernel", facts.kernel.value()).put("userland", facts.userland.version.value())
                .put("lan.if", facts.lan == null ? "" : facts.lan.name);
        admin.addTo(stamp);
        for (Map.Entry<String, String> name : parsed.namesUsed.entrySet()) {
            stamp.put("name." + name.getKey(), name.getValue());
        }
        // keep.filter=VPN PROXY: chains to leave alone; own=mangle: tables in which foreign rules may be removed
        Set<String> foreign = new TreeSet<>();
        for (Directive keep : parsed.keeps) {
            foreign.add("keep." + keep.table.word() + "=" + keep.name);
        }
        for (Directive own : parsed.owns) {
            foreign.add("own=" + own.table.word());
        }
        for (String line : foreign) {
            String key = line.substring(0, line.indexOf('='));
            String value = line.substring(key.length() + 1);
            stamp.put(key, stamp.get(key) == null ? value : stamp.get(key) + " " + value);
        }
        List<String> lacking = new ArrayList<>();
        for (Map.Entry<String, String> name : facts.names.entrySet()) {
            if (name.getValue() == null) { lacking.add(name.getKey()); }
        }
        return stamp.put("lacks", Words.join(lacking, " "));
    }

    /** A unique ID; a PC may have no /proc. */
    static String uuid(Sys sys) {
        String uuid = sys.read("/proc/sys/kernel/random/uuid", 64);
        return uuid != null ? uuid.trim()
                : Long.toHexString(System.currentTimeMillis()) + "-" + Long.toHexString(System.nanoTime());
    }
}
