package boxwall.report;

/**
 * Writes a tar file (POSIX ustar) as a byte string: for each file a header of 512 bytes, then its bytes, padded to a
 * multiple of 512; two empty blocks end it. Numbers are octal.
 */
public final class Tar {
    private static final int BLOCK = 512;
    /** Bytes of the header's fields for a name and for the folders before it. */
    private static final int NAME = 100;
    private static final int PREFIX = 155;

    private final StringBuilder out = new StringBuilder(64 * 1024);
    private final String folder;
    private final long seconds;

    /** Starts a tar with all files in one folder and with one time, in seconds since 1970. */
    public Tar(String folder, long seconds) {
        this.folder = folder;
        this.seconds = seconds;
    }

    /** Adds a file by its path, which begins with a slash; a file whose path is too long for a header is left out. */
    public Tar add(String path, String text) {
        String name = folder + path;
        int slash = name.length() <= NAME ? -1 : name.indexOf('/', name.length() - NAME - 1);
        String prefix = slash < 0 ? "" : name.substring(0, slash);
        String rest = name.substring(slash + 1);
        if (rest.length() > NAME || prefix.length() > PREFIX) { return this; }
        String front = padded(rest, NAME) + "0000600\0" + "0000000\0" + "0000000\0" + octal(text.length(), 11) + "\0"
                + octal(seconds, 11) + "\0";
        String back = "0" + padded("", 100) + "ustar\0" + "00" + padded("root", 32) + padded("root", 32) + "0000000\0"
                + "0000000\0" + padded(prefix, PREFIX) + padded("", 12);
        int sum = 8 * ' ';
        for (char c : (front + back).toCharArray()) {
            sum += c;
        }
        out.append(front).append(octal(sum, 6)).append("\0 ").append(back).append(text)
                .append(padded("", (BLOCK - text.length() % BLOCK) % BLOCK));
        return this;
    }

    private static String padded(String text, int length) {
        StringBuilder padded = new StringBuilder(text);
        while (padded.length() < length) {
            padded.append('\0');
        }
        return padded.toString();
    }

    private static String octal(long number, int digits) {
        String text = Long.toOctalString(number);
        return "00000000000".substring(0, Math.max(0, digits - text.length())) + text;
    }

    /** The tar file, a character for each byte. */
    public String text() { return out + padded("", 2 * BLOCK); }
}
