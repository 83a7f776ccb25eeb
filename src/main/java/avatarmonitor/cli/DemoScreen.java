package avatarmonitor.cli;

import avatarmonitor.demo.Audience;

/** Shows the demo while it runs. */
sealed interface DemoScreen extends Audience, AutoCloseable permits DemoTable, DemoLines {

    /** A table that is redrawn in place where a person looks and it fits, else one line for each change. */
    static DemoScreen of(Invocation invocation, int avatars, boolean json) {
        Terminal terminal = invocation.terminal();
        if (json) {
            return new DemoLines(terminal.err());
        }
        boolean redraws = terminal.interactive()
                && !"dumb".equals(invocation.environment().get("TERM"))
                // Log lines in between would tear the table apart.
                && !invocation.verbose();
        int height = redraws ? terminal.height() : 0;
        boolean fits = height == 0 || height >= DemoTable.height(avatars);
        return redraws && fits ? new DemoTable(terminal) : new DemoLines(terminal.out());
    }

    @Override
    void close();
}
