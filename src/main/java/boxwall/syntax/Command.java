package boxwall.syntax;

import boxwall.netfilter.Rule;
import boxwall.netfilter.Table;
import java.util.Collections;
import java.util.List;

/** One iptables command, understood but not yet applied. */
final class Command {
    /** The command's letter, 0 when there was none. */
    char verb;
    /** The word that named the command. */
    Word verbAt;
    Table table;
    /** The chain, or null for -F, -X and -Z of a whole table. */
    Word chain;
    /** The policy or the new name, or null. */
    Word extra;
    /** The rule's number, 1-based; 0 when not given. */
    int number;
    Word numberAt;
    /** What -A, -I, -R and -D are about: several when -s or -d is a list. */
    List<Rule> rules = Collections.emptyList();
    /** The target's name, or null; for errors that only show at the end. */
    Word targetAt;
    /** Meant for the other family ({@code -4}, {@code -6}). */
    boolean ignored;

    Command(Table table, Word verbAt) {
        this.table = table;
        this.verbAt = verbAt;
    }
}
