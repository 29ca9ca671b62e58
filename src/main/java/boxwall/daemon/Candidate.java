package boxwall.daemon;

import boxwall.avm.Listeners;
import boxwall.box.Finding;
import boxwall.check.CheckedRuleset;
import boxwall.check.Checker;
import boxwall.check.Proofs;
import boxwall.compile.AutoYesNo;
import boxwall.compile.Compiled;
import boxwall.compile.Compiler;
import boxwall.facts.BoxFacts;
import boxwall.netfilter.Family;
import boxwall.netfilter.Ruleset;
import boxwall.netfilter.Table;
import boxwall.syntax.Foreign;
import boxwall.syntax.Includes;
import boxwall.syntax.Names;
import boxwall.syntax.ParsedRules;
import boxwall.syntax.RulesetParser;
import boxwall.syntax.Source;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A ruleset's text, parsed, compiled and checked for a box. Immutable but for the advice, which can follow. */
public final class Candidate {
    /** The text as the user wrote it. */
    final String text;
    public final ParsedRules parsed;
    /** Null when the text has errors. */
    public final Compiled compiled;
    /** What decides; with {@link CompileOptions#thorough} the advice, too. */
    public final List<Finding> findings;
    /** Whether the administrator still gets in; null when that was not asked. */
    final Administrator admin;
    /** The box that it was compiled for; its texts are gone. */
    final Box box;
    private final byte[] client;
    private final CompileOptions wishes;
    /** Names this text, for If-Match: the hash of its characters with their number. */
    public final String etag;
    /** What refuses nothing; null until somebody asked for it. */
    private volatile List<Finding> advice;

    private Candidate(String text, ParsedRules parsed, Compiled compiled, List<Finding> findings, Administrator admin,
            Box box, byte[] client, CompileOptions wishes) {
        this.wishes = wishes;
        this.text = text;
        this.etag = etag(text);
        this.parsed = parsed;
        this.compiled = compiled;
        this.findings = findings;
        this.admin = admin;
        this.box = box.withoutTexts();
        this.client = client;
    }

    /**
     * Parsed and compiled only, for questions about it: what isn't checked counts as refused, so it can't be applied.
     */
    public static Candidate unchecked(Source source, Includes includes, Box box, CompileOptions wishes) {
        ParsedRules parsed = parse(source, includes, box.facts);
        boolean whole = parsed.errors().isEmpty();
        return new Candidate(source.text, parsed, whole ? compile(parsed, box, wishes) : null,
                whole ? Collections.<Finding>emptyList()
                        : Checker.decisions(new CheckedRuleset(parsed, Ruleset.empty(), box.facts)),
                null, box, null, wishes);
    }

    /**
     * Takes a text all the way; never throws for what is in it.
     *
     * @param client of the request, or null if there is none
     * @param port boxwall's own
     */
    public static Candidate of(Source source, Includes includes, Box box, CompileOptions wishes, byte[] client,
            int port) {
        BoxFacts facts = box.facts;
        ParsedRules parsed = parse(source, includes, facts);
        Compiled compiled = parsed.errors().isEmpty() ? compile(parsed, box, wishes) : null;
        CheckedRuleset checked =
                new CheckedRuleset(parsed, compiled == null ? Ruleset.empty() : compiled.ruleset, facts);
        List<Finding> findings = new ArrayList<>(Checker.decisions(checked));
        if (wishes.thorough) { findings.addAll(Checker.advice(checked)); }
        Administrator admin = null;
        // a text with errors has nothing to prove, and the proof is most of the time that a check takes
        if (compiled != null) {
            findings.addAll(Checker.leftOut(compiled.notes));
            admin = Administrator.of(checked.loaded, facts, client, port);
            findings.addAll(Proofs.expectations(checked));
            if (wishes.thorough) { findings.addAll(Proofs.advice(checked, Listeners.of(box.readings))); }
            findings.addAll(admin.findings());
        }
        return new Candidate(source.text, parsed, compiled, findings, admin, box, client, wishes);
    }

    private static ParsedRules parse(Source source, Includes includes, BoxFacts facts) {
        return RulesetParser.parse(source, Names.of(facts.names, facts.lackingNames()), includes,
                Foreign.of(facts.userland.extensionFiles));
    }

    /** Whether {@link #all} has nothing to compute. */
    boolean isAdvised() { return advice != null; }

    /**
     * What decides and the advice, which takes as long as the check itself and may be given up between two rules.
     *
     * @param now the box with its texts
     */
    List<Finding> all(Box now) {
        if (advice == null) {
            CheckedRuleset checked = new CheckedRuleset(parsed, compiled.ruleset, box.facts);
            List<Finding> found = new ArrayList<>(Checker.advice(checked));
            found.addAll(Proofs.advice(checked, Listeners.of(now.readings)));
            advice = found;
        }
        List<Finding> all = new ArrayList<>(findings);
        all.addAll(advice);
        return all;
    }

    /** The same, with a plan that also empties a table which the ruleset has no more. */
    Candidate emptying(Family family, Table table, Finding finding) {
        List<Finding> more = new ArrayList<>(findings);
        more.add(finding);
        return new Candidate(text, parsed, compiled.emptying(family, table, box.facts, box.facts.booted()), more, admin,
                box, client, wishes);
    }

    /** What would be loaded where connection tracking is refused; null when {@link #compiled} is that already. */
    Compiled twin() {
        return compiled == null || !compiled.stateful ? null : compile(parsed, box, wishes.with(AutoYesNo.NO));
    }

    private static Compiled compile(ParsedRules parsed, Box box, CompileOptions wishes) {
        return Compiler.compile(parsed, box.facts, box.facts.booted(), wishes.stateful, wishes.ipv6, wishes.optimize);
    }

    /** Whether the administrator's proof is for that client. */
    boolean isFor(byte[] address) {
        return java.util.Arrays.equals(address, client);
    }

    public boolean isRefused() { return compiled == null || admin == null || Checker.refuses(findings); }

    /** The tag of any text. */
    public static String etag(String text) {
        long hash = 1125899906842597L;
        for (char each : text.toCharArray()) {
            hash = hash * 31 + each;
        }
        return "\"" + Long.toHexString(hash) + "-" + text.length() + "\"";
    }
}
