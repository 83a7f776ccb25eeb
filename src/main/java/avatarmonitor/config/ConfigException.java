package avatarmonitor.config;

import java.util.List;

/** The configuration is invalid. Holds every problem that was found; contains no secrets. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    public ConfigException(List<Problem> problems) {
        super(describe(problems));
        this.problems = List.copyOf(problems);
    }

    public List<Problem> problems() {
        return problems;
    }

    private static String describe(List<Problem> problems) {
        StringBuilder text = new StringBuilder();
        text.append("the configuration has ")
                .append(problems.size() == 1 ? "a problem" : problems.size() + " problems")
                .append(':');
        for (Problem problem : problems) {
            text.append("\n\n  ").append(problem.describe());
        }
        return text.toString();
    }
}
