package avatarmonitor.inspect;

import java.util.Locale;

/** Formats numbers in sentences. */
public final class CountText {
    private CountText() {}

    /** Returns the verb for this number. */
    static String are(long count) {
        return count == 1 ? " is" : " are";
    }

    /** {@code 3 trainings}. */
    public static String many(long count, String one) {
        return count(count) + " " + one + (count == 1 ? "" : "s");
    }

    public static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** Formats with one decimal, but {@code 50,000} and not {@code 50,000.0}. */
    static String rate(double perSecond) {
        String rate = String.format(Locale.ROOT, "%,.1f", perSecond);
        return rate.endsWith(".0") ? rate.substring(0, rate.length() - 2) : rate;
    }
}
