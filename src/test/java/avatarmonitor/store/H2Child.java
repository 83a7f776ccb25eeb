package avatarmonitor.store;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.util.List;

/** Another process with the same H2 file: commits one number after the other and prints each on standard output. */
final class H2Child implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;

    private H2Child(Process process) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
    }

    static H2Child start(String url) {
        return start(List.of("-cp", System.getProperty("java.class.path"), H2Child.class.getName(), url));
    }

    /**
     * Starts H2's own shell as in docs/database.md: the login file is an argument file that names the program, the user
     * and the password.
     */
    static H2Child shell(Path login, String url, String sql) {
        return start(List.of("-cp", System.getProperty("java.class.path"), "@" + login, "-url", url, "-sql", sql));
    }

    private static H2Child start(List<String> arguments) {
        ProcessBuilder java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString());
        java.command().addAll(arguments);
        try {
            return new H2Child(java.redirectErrorStream(true).start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the next committed number. */
    int nextAcknowledged() {
        try {
            return Integer.parseInt(output.readLine());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends SIGKILL, then returns the last number printed before. */
    int kill(int lastSeen) throws InterruptedException, IOException {
        // By its handle: Process.destroyForcibly would close the pipe with the last lines in it.
        process.toHandle().destroyForcibly();
        process.waitFor();
        int last = lastSeen;
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.matches("\\d+")) {
                last = Integer.parseInt(line);
            }
        }
        return last;
    }

    String allOutput() throws InterruptedException, IOException {
        String text = String.join("\n", output.lines().toList());
        process.waitFor();
        return text;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    public static void main(String[] arguments) throws IOException {
        try (Database database = Database.open(new StoreConfig(arguments[0], "sa", "secret", 2))) {
            for (int i = 1; ; i++) {
                int number = i;
                database.inTransaction(connection -> {
                    try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?)")) {
                        insert.setInt(1, number);
                        return insert.executeUpdate();
                    }
                });
                // One write per line, so that a killed process leaves no partial number.
                System.out.write((number + "\n").getBytes(StandardCharsets.UTF_8));
                System.out.flush();
            }
        }
    }
}
