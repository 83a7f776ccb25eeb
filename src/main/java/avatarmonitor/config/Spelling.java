package avatarmonitor.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Suggests the known name that a misspelt one may mean. */
final class Spelling {
    /** Limit of the quadratic comparison; no known name is that long. */
    private static final int LONGEST_COMPARED = 100;

    private Spelling() {}

    /** Returns the nearest known name, or a known name with the same last part; empty when none is near. */
    static Optional<String> nearest(String written, Collection<String> known) {
        if (written.length() > LONGEST_COMPARED) {
            return Optional.empty();
        }
        String plain = plain(written);
        int limit = Math.max(2, plain.length() / 5);
        return known.stream()
                .filter(name -> distance(plain, plain(name)) <= limit)
                .min(Comparator.comparingInt(name -> distance(plain, plain(name))))
                .or(() -> known.stream()
                        .filter(name -> plain(lastPart(name)).equals(plain(lastPart(written))))
                        .findFirst());
    }

    /** Ignores letter case and separators, the most common slips. */
    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }

    private static String lastPart(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    /** Levenshtein distance. */
    private static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replace = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replace, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[b.length()];
    }
}
