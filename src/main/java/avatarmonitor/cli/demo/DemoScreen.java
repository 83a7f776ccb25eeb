package avatarmonitor.cli.demo;

import avatarmonitor.cli.console.Invocation;
import avatarmonitor.cli.console.Terminal;
import avatarmonitor.demo.DemoListener;

/** Display of the running demo. */
sealed interface DemoScreen extends DemoListener, AutoCloseable permits DemoTable, DemoLines {

    /**
     * Returns a table that is redrawn in place when the terminal is interactive and large enough, otherwise one line
     * for each change.
     */
    static DemoScreen of(Invocation invocation, int avatars, boolean json) {
        Terminal terminal = invocation.terminal();
        if (json) {
            return new DemoLines(terminal.err());
        }
        boolean redraws = terminal.interactive()
                && !"dumb".equals(invocation.environment().get("TERM"))
                // Log lines would break the table.
                && !invocation.verbose();
        int height = redraws ? terminal.height() : 0;
        boolean fits = height == 0 || height >= DemoTable.height(avatars);
        return redraws && fits ? new DemoTable(terminal) : new DemoLines(terminal.out());
    }

    @Override
    void close();
}
