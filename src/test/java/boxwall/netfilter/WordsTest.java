package boxwall.netfilter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Each function gives the same result as the regular expression that it replaces. */
class WordsTest {
    @Test
    void wordsEqualSplitAtBlanks() {
        forRandomTexts(text -> assertArrayEquals(text.isBlank() ? new String[0] : text.trim().split("[ \t\r\n]+"),
                Words.of(text), () -> "words of " + text));
    }

    @Test
    void splitEqualsStringSplit() {
        forRandomTexts(text -> assertArrayEquals(text.split(" ", -1), Words.split(text, ' '), () -> "split " + text));
    }

    @Test
    void linesEqualSplitAtLineEnds() {
        forRandomTexts(text -> assertEquals(
                Arrays.asList(text.split("\n", -1)).stream()
                        .map(l -> l.endsWith("\r") ? l.substring(0, l.length() - 1) : l)
                        .limit(text.split("\n", -1).length - (text.isEmpty() || text.endsWith("\n") ? 1 : 0)).toList(),
                Words.lines(text), () -> "lines " + text));
        assertEquals(List.of(), Words.lines(null));
    }

    @Test
    void linesWithWordAreAllLinesContainingWord() {
        forRandomTexts(text -> {
            for (String word : List.of("a", "ab", " ", "b a")) {
                assertEquals(Words.lines(text).stream().filter(l -> l.contains(word)).toList(), Words.lines(text, word),
                        () -> "lines with '" + word + "' of " + text);
            }
        });
    }

    @Test
    void isNumberAndIsNameEqualPatterns() {
        forRandomTexts(text -> {
            assertEquals(text.matches("[0-9]+"), Words.isNumber(text), text);
            assertEquals(text.matches("[A-Za-z0-9_.]+"), Words.isName(text, "_."), text);
        });
        assertTrue(Words.isNumber("0123456789"));
        assertFalse(Words.isNumber("\u0661"), "an Arabic digit");
        assertEquals(4, Words.digits("ab12c", 2));
        assertEquals(2, Words.digits("ab", 2));
    }

    @Test
    void findAndReplaceEqualStringMethods() {
        forRandomTexts(text -> {
            for (String word : List.of("a", "ab", "aab", " ", "\r\n")) {
                assertEquals(text.indexOf(word, 2), Words.find(text, word, 2), text);
                assertEquals(text.replace(word, "x" + word), Words.replace(text, word, "x" + word), text);
            }
        });
    }

    private static void forRandomTexts(java.util.function.Consumer<String> test) {
        long seed = Long.getLong("boxwall.seed", System.nanoTime());
        System.out.println("WordsTest: seed " + seed);
        Random random = new Random(seed);
        test.accept("");
        for (int i = 0; i < 3000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(12); n > 0; n--) {
                text.append("aab7_. \t\r\n".charAt(random.nextInt(10)));
            }
            test.accept(text.toString());
        }
    }

    @Test
    void numberRejectsOtherCharactersAndTooLargeValues() {
        assertEquals(10, Words.number("0xA", 10));
        assertEquals(255, Words.number("255", 255));
        assertEquals(Long.MAX_VALUE, Words.number(String.valueOf(Long.MAX_VALUE), Long.MAX_VALUE));
        for (String none : List.of("", "0x", "+5", "-5", " 5", "256", "0x100", "99999999999999999999", "\u0665")) {
            assertEquals(-1, Words.number(none, 255), none);
        }
    }
}
