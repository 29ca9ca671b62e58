package boxwall.netfilter;

/** The five places in the kernel's packet path where tables are asked; a built-in chain has its hook's name. */
public enum Hook {
    PREROUTING, INPUT, FORWARD, OUTPUT, POSTROUTING
}
