package avatarmonitor.cli;

import avatarmonitor.cli.console.ExitCode;
import avatarmonitor.cli.console.Invocation;
import avatarmonitor.config.ConfigException;
import avatarmonitor.schedule.ScheduleException;
import avatarmonitor.store.SchemaException;
import avatarmonitor.store.StoreException;
import java.io.PrintWriter;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Converts an exception of a command into an error message and an exit code. */
final class Failures implements IParameterExceptionHandler, IExecutionExceptionHandler {
    private static final Logger log = LoggerFactory.getLogger(Failures.class);

    private final Invocation invocation;

    Failures(Invocation invocation) {
        this.invocation = invocation;
    }

    /** Reports wrong usage: the problem, suggestions, and how to get help, but not the whole help text. */
    @Override
    public int handleParseException(ParameterException wrong, String[] args) {
        CommandLine command = wrong.getCommandLine();
        PrintWriter err = invocation.terminal().err();
        err.println(invocation.printable(String.valueOf(wrong.getMessage())));
        UnmatchedArgumentException.printSuggestions(wrong, err);
        err.println("Try: " + command.getCommandSpec().qualifiedName() + " --help");
        return ExitCode.WRONG_USAGE;
    }

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult arguments) {
        PrintWriter err = invocation.terminal().err();
        if (failure instanceof ParameterException wrong) {
            return handleParseException(wrong, new String[0]);
        } else if (failure instanceof ConfigException wrong) {
            err.println("avatar-monitor: " + wrong.getMessage());
            return ExitCode.WRONG_USAGE;
        } else if (failure instanceof StoreException || failure instanceof ScheduleException) {
            err.println(
                    explained((RuntimeException) failure) + (invocation.verbose() ? "" : " (--verbose shows more)"));
            if (invocation.verbose()) {
                log.warn("database failure command={}", command.getCommandName(), failure);
            }
            boolean misconfigured = failure instanceof SchemaException
                    || (failure instanceof StoreException store && store.misconfigured());
            return misconfigured ? ExitCode.WRONG_USAGE : ExitCode.FAILED;
        } else if (failure instanceof InterruptedException) {
            Thread.currentThread().interrupt();
            err.println("avatar-monitor: stopped before it was done");
            return ExitCode.FAILED;
        }
        log.error("unexpected failure command={}", command.getCommandName(), failure);
        err.println("This should not have happened and is a bug in avatar-monitor " + Version.ofProgram() + ": "
                + failure.getClass().getSimpleName() + ". Please report it with the log lines above.");
        return ExitCode.FAILED;
    }

    private String explained(RuntimeException broken) {
        String said = invocation.printable(String.valueOf(broken.getMessage()));
        boolean inOurWords = (broken instanceof StoreException store && store.explained())
                || (broken instanceof ScheduleException schedule && schedule.explained());
        if (inOurWords) {
            return "avatar-monitor: " + said;
        }
        // Quartz wraps exceptions.
        String sqlState = StoreException.sqlFailure(broken.getCause())
                .map(SQLException::getSQLState)
                .orElse(null);
        return "The database did not do what was asked. " + advice(sqlState) + " It said: " + said;
    }

    /** Returns advice by SQLState class, which both databases share; H2 adds its own codes. */
    private static String advice(@Nullable String state) {
        if (state == null) {
            return "Check whether it is reachable: avatar-monitor doctor.";
        } else if (state.startsWith("08") || state.startsWith("57P")) {
            return "It cannot be reached: check db.url, and that the server runs and accepts connections.";
        } else if (state.startsWith("28")) {
            return "It refused the login: check db.user and db.password.";
        } else if (state.equals("3D000")) {
            return "It has no database of that name: create it, or correct db.url.";
        } else if (state.equals("25006")) {
            return "It takes no writes, it is a standby or was made read-only: let db.url lead to the primary.";
        } else if (state.equals("42501")) {
            return "Its user lacks a right: grant it, see the statement in the log.";
        } else if (state.equals("42P01") || state.startsWith("42S0")) {
            return "It lacks tables or views of avatar-monitor, or has older ones: run avatar-monitor migrate.";
        } else if (state.startsWith("42")) {
            return "Its schema is not the expected one: run avatar-monitor migrate, then avatar-monitor doctor.";
        } else if (state.startsWith("53")) {
            return "It has no room left: connections, memory or disk.";
        } else if (state.equals("90020")) {
            return "Another program holds the H2 file: end it, or use the same db.url in both.";
        }
        return "Find the problem with: avatar-monitor doctor.";
    }
}
