package avatarmonitor;

import static java.util.Map.entry;

import java.util.Map;
import java.util.Set;

/** Which package may import which, and which may use a library; {@link ArchitectureTest} checks it. */
final class PackageTable {
    /**
     * Package → packages of the project that it may import, each with its subpackages by name. Unlisted packages are
     * forbidden.
     */
    static final Map<String, Set<String>> IMPORTS = Map.ofEntries(
            entry("", Set.of("cli")),
            entry("cli", Set.of("app", "config", "schedule", "reconcile", "check", "fal", "avatar", "event", "http", "inspect", "observe", "pause", "store", "emulator", "demo", "text", "logging", "check.decision", "fal.answer", "emulator.scenario", "cli.console", "cli.demo", "cli.doctor", "store.migration", "store.schema", "store.sql")),
            entry("cli.doctor", Set.of("app", "avatar", "cli.console", "config", "fal", "http", "inspect", "observe", "pause", "schedule", "store", "text", "store.clock", "store.migration", "store.schema", "store.sql")),
            entry("cli.demo", Set.of("cli.console", "demo", "inspect", "logging", "text")),
            entry("cli.console", Set.of("config", "event", "inspect", "logging", "text")),
            entry("demo", Set.of("emulator", "fal", "store", "text", "emulator.http", "emulator.scenario", "store.migration")),
            entry("app", Set.of("background", "config", "web", "schedule", "reconcile", "hint", "check", "fal", "avatar", "alert", "event", "http", "inspect", "observe", "pause", "store", "emulator", "text", "app.start", "check.decision", "fal.answer", "fal.webhook", "store.clock", "store.migration", "store.schema", "store.sql", "app.limit", "fal.limit")),
            entry("app.limit", Set.of("event", "fal", "fal.limit", "inspect", "store", "store.clock", "store.sql")),
            entry("app.start", Set.of("background", "avatar", "check", "config", "event", "reconcile", "schedule", "store", "text", "check.decision", "store.clock", "store.sql")),
            entry("web", Set.of("background", "text", "pause", "schedule", "observe", "inspect", "fal", "avatar", "event", "store", "fal.webhook", "web.access", "web.limit", "check.decision", "store.schema")),
            entry("web.limit", Set.of()),
            entry("web.access", Set.of("background")),
            entry("config", Set.of("text", "web", "schedule", "reconcile", "check", "fal", "avatar", "alert", "event", "http", "store", "logging", "check.decision", "fal.webhook", "web.access")),
            entry("logging", Set.of("store", "text")),
            entry("schedule", Set.of("schedule.batch", "schedule.quartz", "reconcile", "check", "avatar", "fal", "event", "store", "check.decision", "store.clock", "store.sql")),
            entry("schedule.batch", Set.of("schedule.quartz", "store", "store.clock", "store.sql")),
            entry("schedule.quartz", Set.of("background", "store", "schedule.quartz.thread", "store.clock", "store.sql")),
            entry("schedule.quartz.thread", Set.of("background", "store")),
            entry("reconcile", Set.of("background", "check", "avatar", "fal", "event", "store", "check.decision", "store.clock", "store.sql")),
            entry("hint", Set.of("background", "check", "avatar", "fal", "event", "pause", "store", "check.decision", "store.sql")),
            entry("check", Set.of("background", "text", "fal", "avatar", "event", "store", "check.decision", "fal.answer", "store.sql")),
            entry("check.decision", Set.of("avatar", "event", "fal", "fal.answer", "text", "store", "store.sql")),
            entry("observe", Set.of("inspect", "schedule", "reconcile", "hint", "check", "fal", "event", "store", "check.decision", "store.clock", "store.sql", "fal.limit")),
            entry("inspect", Set.of("avatar", "event", "pause", "store", "store.schema", "store.sql")),
            entry("pause", Set.of("text", "avatar", "event", "store", "store.sql")),
            entry("alert", Set.of("background", "text", "event", "http", "store", "store.clock", "store.sql")),
            entry("event", Set.of("text", "avatar", "store", "store.sql")),
            entry("avatar", Set.of("store", "store.schema", "store.sql")),
            entry("fal", Set.of("http", "text", "fal.answer", "fal.limit")),
            entry("fal.limit", Set.of("fal.answer")),
            entry("fal.webhook", Set.of("fal", "fal.answer", "http")),
            entry("fal.answer", Set.of("text")),
            entry("http", Set.of("background")),
            entry("background", Set.of("store")),
            entry("store", Set.of("text", "store.sql")),
            entry("store.sql", Set.of()),
            entry("store.schema", Set.of("store", "store.sql")),
            entry("store.migration", Set.of("store", "store.schema", "store.sql")),
            entry("store.clock", Set.of("store", "store.sql")),
            entry("text", Set.of()),
            // the emulator checks keys and request ids by the same rules as the client, and nothing else
            entry("emulator", Set.of("fal", "emulator.http", "emulator.scenario")),
            entry("emulator.scenario", Set.of("emulator.http")),
            entry("emulator.http", Set.of()));

    /** Library packages → project packages that may use them; {@code *} means all. Unlisted libraries are forbidden. */
    static final Map<String, Set<String>> LIBRARIES = Map.ofEntries(
            entry("java.", Set.of("*")),
            entry("javax.sql.", Set.of("*")),
            entry("javax.crypto.", Set.of("*")),
            entry("javax.net.ssl.", Set.of("http", "alert", "store")),
            entry("org.slf4j.", Set.of("*")),
            entry("org.jspecify.", Set.of("*")),
            entry("com.google.gson.", Set.of("*")),
            entry("org.quartz.", Set.of("schedule", "schedule.batch", "schedule.quartz", "schedule.quartz.thread")),
            entry("org.quartz.jobs.", Set.of("alert")),
            entry("jakarta.mail.", Set.of("alert")),
            entry("com.zaxxer.", Set.of("store", "store.migration")),
            entry("org.flywaydb.", Set.of("store.migration")),
            entry("org.h2.", Set.of("store")),
            entry("org.postgresql.", Set.of("store", "store.sql")),
            entry("org.apache.hc.", Set.of("fal", "http", "alert", "emulator", "fal.answer", "fal.webhook")),
            entry("com.sun.net.httpserver.", Set.of("emulator", "emulator.http")),
            entry("org.eclipse.jetty.", Set.of("web", "web.limit", "web.access")),
            entry("picocli.", Set.of("cli", "cli.console", "cli.doctor", "cli.demo")),
            entry("com.typesafe.", Set.of("config")),
            entry("io.micrometer.", Set.of("observe")),
            entry("ch.qos.logback.", Set.of("logging")),
            entry("sun.misc.", Set.of("app", "cli.console")));

    private PackageTable() {}
}
