package avatarmonitor.config;

/**
 * A value as somebody wrote it, not yet read. May be a secret: only {@link Format#shown} decides what of it is printed.
 *
 * @param origin {@code file:line}, {@code environment variable X} or {@code default}
 */
record Given(String text, String origin) {

    static final String DEFAULT = "default";

    static String variable(String name) {
        return "environment variable " + name;
    }

    @Override
    public String toString() {
        return "Given[" + origin + "]";
    }
}
