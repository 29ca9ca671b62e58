package boxwall.syntax;

import boxwall.netfilter.Family;
import boxwall.netfilter.Table;

import java.util.List;

/** A randomly generated rule: the words that iptables would get after {@code -t TABLE -A CHAIN}. */
record Generated(Family family, Table table, String chain, List<String> words) {

    /** As a line of a ruleset file. */
    String shell() {
        StringBuilder line =
                new StringBuilder(family.command).append(" -t ").append(table.word()).append(" -A ").append(chain);
        for (String word : words) {
            line.append(" '").append(word.replace("'", "'\\''")).append('\'');
        }
        return line.toString();
    }

    /** As a line for iptables-restore, which supports double quotes only. */
    String restore() {
        StringBuilder line = new StringBuilder("-A ").append(chain);
        for (String word : words) {
            line.append(" \"").append(word.replace("\\", "\\\\").replace("\"", "\\\"")).append('"');
        }
        // iptables-restore recognizes options by their first character without quotes
        return line.toString().replaceAll(" \"([-!A-Za-z0-9_./:,+=|&]+)\"", " $1");
    }
}
