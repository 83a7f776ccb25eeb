/**
 * Benchmarks of the schedule against others, on this machine: {@code mvn -Pbench verify -DskipTests}. Every result
 * comes from a separate process on a separate database; {@link avatarmonitor.bench.Benchmark} starts them one after
 * another, so that none profits from another's warm-up, and collects the results.
 */
@org.jspecify.annotations.NullMarked
package avatarmonitor.bench;
