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
            entry(
                    "cli",
                    Set.of(
                            "app",
                            "config",
                            "schedule",
                            "reconcile",
                            "check",
                            "fal",
                            "avatar",
                            "event",
                            "http",
                            "inspect",
                            "observe",
                            "pause",
                            "store",
                            "emulator",
                            "demo",
                            "text",
                            "logging",
                            "check.decision",
                            "fal.answer",
                            "emulator.scenario")),
            entry("demo", Set.of("emulator", "fal", "store", "text", "emulator.http", "emulator.scenario")),
            entry(
                    "app",
                    Set.of(
                            "config",
                            "web",
                            "schedule",
                            "reconcile",
                            "hint",
                            "check",
                            "fal",
                            "avatar",
                            "alert",
                            "event",
                            "http",
                            "inspect",
                            "observe",
                            "pause",
                            "store",
                            "emulator",
                            "text",
                            "app.start",
                            "check.decision",
                            "fal.answer",
                            "fal.webhook")),
            entry(
                    "app.start",
                    Set.of(
                            "avatar",
                            "check",
                            "config",
                            "event",
                            "reconcile",
                            "schedule",
                            "store",
                            "text",
                            "check.decision")),
            entry(
                    "web",
                    Set.of(
                            "text",
                            "pause",
                            "schedule",
                            "observe",
                            "inspect",
                            "fal",
                            "avatar",
                            "event",
                            "store",
                            "fal.webhook",
                            "web.access",
                            "web.limit",
                            "check.decision")),
            entry("web.limit", Set.of()),
            entry("web.access", Set.of()),
            entry(
                    "config",
                    Set.of(
                            "text",
                            "web",
                            "schedule",
                            "reconcile",
                            "check",
                            "fal",
                            "avatar",
                            "alert",
                            "event",
                            "http",
                            "store",
                            "logging",
                            "check.decision",
                            "fal.webhook",
                            "web.access")),
            entry("logging", Set.of("store", "text")),
            entry(
                    "schedule",
                    Set.of(
                            "schedule.batch",
                            "schedule.quartz",
                            "reconcile",
                            "check",
                            "avatar",
                            "fal",
                            "event",
                            "store",
                            "check.decision")),
            entry("schedule.batch", Set.of("schedule.quartz", "store")),
            entry("schedule.quartz", Set.of("store", "schedule.quartz.thread")),
            entry("schedule.quartz.thread", Set.of("store")),
            entry("reconcile", Set.of("check", "avatar", "fal", "event", "store", "check.decision")),
            entry("hint", Set.of("check", "avatar", "fal", "event", "store", "check.decision")),
            entry("check", Set.of("text", "fal", "avatar", "event", "store", "check.decision", "fal.answer")),
            entry("check.decision", Set.of("avatar", "event", "fal", "fal.answer", "text", "store")),
            entry(
                    "observe",
                    Set.of(
                            "inspect",
                            "schedule",
                            "reconcile",
                            "hint",
                            "check",
                            "fal",
                            "event",
                            "store",
                            "check.decision")),
            entry("inspect", Set.of("avatar", "event", "pause", "store")),
            entry("pause", Set.of("text", "avatar", "event", "store")),
            entry("alert", Set.of("text", "event", "http", "store")),
            entry("event", Set.of("text", "avatar", "store")),
            entry("avatar", Set.of("store")),
            entry("fal", Set.of("http", "text", "fal.answer")),
            entry("fal.webhook", Set.of("fal", "fal.answer", "http")),
            entry("fal.answer", Set.of("text")),
            entry("http", Set.of()),
            entry("store", Set.of("text")),
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
            entry("com.zaxxer.", Set.of("store")),
            entry("org.flywaydb.", Set.of("store")),
            entry("org.h2.", Set.of("store")),
            entry("org.postgresql.", Set.of("store")),
            entry("org.apache.hc.", Set.of("fal", "http", "alert", "emulator", "fal.answer", "fal.webhook")),
            entry("com.sun.net.httpserver.", Set.of("emulator", "emulator.http")),
            entry("org.eclipse.jetty.", Set.of("web", "web.limit", "web.access")),
            entry("picocli.", Set.of("cli")),
            entry("com.typesafe.", Set.of("config")),
            entry("io.micrometer.", Set.of("observe")),
            entry("ch.qos.logback.", Set.of("logging")),
            entry("sun.misc.", Set.of("app", "cli")));

    private PackageTable() {}
}
