package boxwall.compile;

import boxwall.facts.BoxFacts;
import boxwall.check.AllFindings;
import boxwall.check.CheckedRuleset;
import boxwall.box.Finding;
import boxwall.modules.ImageModel;
import boxwall.box.Readings;
import boxwall.probe.BoxReader;
import boxwall.syntax.Includes;
import boxwall.syntax.TestIncludes;
import boxwall.syntax.ParsedRules;
import boxwall.syntax.RulesetParser;
import boxwall.syntax.Source;
import boxwall.sys.LiveSys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Rulesets of presets from conf/presets, parsed, compiled and checked for a box from a folder. */
public final class Presets {
    /** Values for the parameters of presets; the addresses fit the virtual box. */
    static final String NAMES = """
            RTP_PORTS=7078:7109
            VPN_IF=tun0
            VPN_NET=10.8.0.0/24
            VPN_PORT=1194
            DMZ_HOST=192.168.179.20
            DMZ_PORTS=80,443
            VIRTUAL_IP=203.0.113.9
            VIRTUAL_HOST=192.168.178.20
            VIRTUAL_PORTS=80,443
            DEVICE=192.168.178.30
            HOST=192.168.178.20
            PORTS=443
            TO=203.0.113.0/24
            """;
    private static final Path FOLDER = Path.of("conf/presets");
    private static final Path BOXES = Path.of("src/test/resources/boxes");

    /** A ruleset on a box. */
    record OnBox(ParsedRules parsed, Compiled compiled, BoxFacts facts, List<Finding> findings) {
        List<Finding> of(String code) { return findings.stream().filter(f -> f.code.equals(code)).toList(); }
    }

    private Presets() {}

    /** The names of all presets, sorted. */
    public static List<String> all() throws IOException {
        try (var files = Files.list(FOLDER)) {
            return files.map(f -> f.getFileName().toString()).filter(f -> f.endsWith(".rules"))
                    .map(f -> f.substring(0, f.length() - 6)).sorted().toList();
        }
    }

    static Includes includes() {
        return (TestIncludes) name -> {
            try {
                return Source.preset(name,
                        Files.readString(FOLDER.resolve(name + ".rules"), StandardCharsets.ISO_8859_1));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
    }

    /** The user's names, and an include line for each preset. */
    public static String text(List<String> presets) {
        return NAMES + "include " + String.join("\ninclude ", presets) + "\n";
    }

    public static Readings box(String name) { return BoxReader.read(new LiveSys(), BOXES.resolve(name).toString()); }

    /**
     * The image of a model box and its firmware, from Freetz-NG's sources; for 7360 and 7583 of the first hardware
     * version.
     */
    public static ImageModel imageModel(String model) {
        String[] words = model.split("-");
        return ImageModel.find(words[0].matches("7360|7583") ? words[0] + "v1" : words[0],
                words[1].substring(0, 2) + "." + words[1].substring(2));
    }

    /**
     * The modules that the package selects into an image for a model box, from boxes/images.txt; null if there is no
     * image.
     */
    static List<String> selected(String model) throws IOException {
        for (String line : Files.readAllLines(BOXES.resolve("images.txt"))) {
            if (line.startsWith(model + " ") && !line.contains("!")) {
                return Stream.of(line.split(" ")).skip(1).filter(word -> !word.equals("*")).toList();
            }
        }
        return null;
    }

    /**
     * A model box after a boot with that image: these modules are in modules.dep, none is loaded. Null if there is no
     * such image.
     */
    static Readings image(String model) throws IOException {
        List<String> modules = selected(model);
        if (modules == null) { return null; }
        Readings box = box(model).asBooted();
        ImageModel image = imageModel(model);
        Readings made = image.readings(modules);
        String dep = made.paths().stream().filter(path -> path.endsWith("/modules.dep")).findFirst().orElseThrow();
        String old = box.paths().stream().filter(path -> path.endsWith("/modules.dep")).findFirst().orElse(dep);
        // some models have faults of another image: missing files, modules of another build
        List<String> listings =
                box.commandNames().stream().filter(name -> name.startsWith("ls_%2Flib%2Fmodules")).toList();
        if (box.text("dmesg") != null) {
            box = box.with("dmesg",
                    box.text("dmesg").lines()
                            .filter(line -> !line.matches(".*(version magic|about version|Unknown symbol).*"))
                            .map(line -> line + "\n").collect(Collectors.joining()));
        }
        return box.with(listings, Map.of()).with(old, made.text(dep));
    }

    static ParsedRules parse(String text, BoxFacts facts) { return parse(text, facts, includes()); }

    private static ParsedRules parse(String text, BoxFacts facts, Includes includes) {
        return RulesetParser.parse(new Source("rules", text), facts.names, includes);
    }

    /** Parses, compiles and checks a text like the verb check; the compiled form is null if the text has errors. */
    static OnBox on(Readings box, String text, AutoYesNo stateful) {
        return on(box, text, stateful, includes());
    }

    static OnBox on(Readings box, String text, AutoYesNo stateful, Includes includes) {
        BoxFacts facts = new BoxFacts(box);
        ParsedRules parsed = parse(text, facts, includes);
        if (!parsed.errors().isEmpty()) { return new OnBox(parsed, null, facts, List.of()); }
        Compiled compiled = Compiler.compile(parsed, facts, stateful, AutoYesNo.AUTO, false);
        CheckedRuleset checked = new CheckedRuleset(parsed, compiled.ruleset, facts);
        List<Finding> findings = new ArrayList<>(AllFindings.checked(checked));
        findings.addAll(AllFindings.proved(checked, null));
        return new OnBox(parsed, compiled, facts, findings);
    }
}
