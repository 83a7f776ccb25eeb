/**
 * How fast the schedule is beside others, on this machine: {@code mvn -Pbench verify -DskipTests}. Every figure comes from a process of
 * its own on a database of its own; {@link avatarmonitor.bench.Benchmark} starts them one after another, so that nobody inherits what
 * another has warmed up, and collects what they report.
 */
@org.jspecify.annotations.NullMarked
package avatarmonitor.bench;
