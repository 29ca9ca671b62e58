package boxwall.imports;

import java.util.List;

/**
 * {@code modprobe} and {@code insmod} lines: {@code insmod /lib/modules/$(uname -r)/…/ipt_LOG.ko} is
 * {@code modprobe ipt_LOG}.
 */
final class ModuleLines {
    private final Walk walk;

    ModuleLines(Walk walk) { this.walk = walk; }

    Answer run(Node node, List<ShellWord> words) {
        boolean several = false;
        int modules = 0;
        for (ShellWord word : words) {
            String plain = word.plain() == null ? "" : word.plain();
            if (plain.equals("-r") || plain.equals("--remove")) {
                walk.ledger.remark(node.line, "unloads modules",
                        "nothing to do: boxwall unloads only what a failed try has loaded", true);
                return Answer.YES;
            }
            several |= plain.equals("-a") || plain.equals("-qa") || plain.equals("-aq");
            if (plain.startsWith("-")) { continue; }
            if (modules > 0 && !several) {
                walk.ledger.remark(node.line, "a module's parameter is left out: " + Show.text(word.toString()),
                        "keep it in rc.custom, before boxwall starts, if it is needed", true);
                continue;
            }
            if (!module(node, word)) { return Answer.UNKNOWN; }
            modules++;
            several |= walk.scope.isSet(word.toString().replace("$", "")) && word.pieces.size() == 1
                    && !word.pieces.get(0).quoted && several;
        }
        if (modules == 0) { walk.leftOut.aside(node, "no module's name", "write modprobe NAME"); }
        return Answer.YES;
    }

    private boolean module(Node node, ShellWord word) {
        try {
            for (String path : Expansion.of(java.util.Arrays.asList(lastPart(word)), walk.scope).texts) {
                String name = Script.baseName(path).replaceFirst("\\.k?o(\\.[gx]z)?$", "");
                String text = "modprobe " + Quote.word(name);
                if (!Quote.fits(name)) {
                    walk.leftOut.aside(node, "a module's name with control characters", "remove them");
                    return false;
                }
                walk.add(OutLine.of(node.line, text, text));
            }
            walk.ledger.taken(node.line, node.end);
            return true;
        } catch (Undecided e) {
            walk.leftOut.aside(node, "a module whose name isn't known: " + e.getMessage(), e.todo());
            return false;
        }
    }

    /** What stands after the last slash: the folder may be computed, as the kernel's release often is. */
    private static ShellWord lastPart(ShellWord word) {
        for (int i = word.pieces.size() - 1; i >= 0; i--) {
            Piece piece = word.pieces.get(i);
            int slash = piece.kind == Piece.Kind.TEXT ? piece.text.lastIndexOf('/') : -1;
            if (slash >= 0) {
                ShellWord last = new ShellWord(word.line);
                last.pieces.add(Piece.text(piece.text.substring(slash + 1), piece.quoted));
                last.pieces.addAll(word.pieces.subList(i + 1, word.pieces.size()));
                return last;
            }
        }
        return word;
    }
}
