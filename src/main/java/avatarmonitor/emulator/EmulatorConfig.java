package avatarmonitor.emulator;

import avatarmonitor.fal.FalKey;
import java.net.URI;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Configuration of an emulator.
 *
 * @param host address to listen on
 * @param port 0 for a free one
 * @param key the only accepted key; null accepts any non-empty key
 * @param publicUrl scheme, host and port of the URLs in answers to submit and status; null uses those of the caller
 * @param strictPaths whether status, result and cancel below a sub path are 405 as at fal; otherwise the sub path
 *     is ignored
 * @param frozenClock whether the clock starts frozen and changes only by advancing
 * @param time real time
 * @param knownTrainersOnly whether a submit to an endpoint that is no trainer of fal is 404; otherwise every
 *     endpoint exists
 * @param limits limits of all stored data
 */
public record EmulatorConfig(
        String host,
        int port,
        @Nullable FalKey key,
        @Nullable URI publicUrl,
        boolean strictPaths,
        boolean frozenClock,
        InstantSource time,
        boolean knownTrainersOnly,
        Limits limits) {

    /**
     * Limits of all stored data.
     *
     * @param requests requests; the oldest finished one is evicted
     * @param calls entries of the call log
     * @param faults active faults
     * @param streams open status streams
     * @param heldAnswers answers that wait for a delay, a hang, a drip or an end
     * @param files uploaded files; the oldest is evicted
     * @param fileBytes bytes of one uploaded file
     * @param allFileBytes bytes of all uploaded files together
     */
    public record Limits(
            int requests,
            int calls,
            int faults,
            int streams,
            int heldAnswers,
            int files,
            long fileBytes,
            long allFileBytes) {

        /** Allows 500 uploaded files of at most 256 MB each and 1 GB together. */
        public Limits(int requests, int calls, int faults, int streams, int heldAnswers) {
            this(requests, calls, faults, streams, heldAnswers, 500, 256L << 20, 1L << 30);
        }

        public static Limits standard() {
            return new Limits(100_000, 100_000, 100_000, 200, 10_000);
        }
    }

    public EmulatorConfig {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("not a port: " + port);
        }
    }

    /** Listens on a free port of 127.0.0.1, accepts any key, uses real time. */
    public static EmulatorConfig local() {
        return new EmulatorConfig(
                "127.0.0.1", 0, null, null, true, false, InstantSource.system(), false, Limits.standard());
    }

    public EmulatorConfig withAddress(String address, int number) {
        return new EmulatorConfig(
                address, number, key, publicUrl, strictPaths, frozenClock, time, knownTrainersOnly, limits);
    }

    public EmulatorConfig withKey(FalKey only) {
        return new EmulatorConfig(
                host, port, only, publicUrl, strictPaths, frozenClock, time, knownTrainersOnly, limits);
    }

    public EmulatorConfig withPublicUrl(URI url) {
        return new EmulatorConfig(host, port, key, url, strictPaths, frozenClock, time, knownTrainersOnly, limits);
    }

    public EmulatorConfig withLenientPaths() {
        return new EmulatorConfig(host, port, key, publicUrl, false, frozenClock, time, knownTrainersOnly, limits);
    }

    public EmulatorConfig withFrozenClock() {
        return new EmulatorConfig(host, port, key, publicUrl, strictPaths, true, time, knownTrainersOnly, limits);
    }

    public EmulatorConfig withKnownTrainersOnly() {
        return new EmulatorConfig(host, port, key, publicUrl, strictPaths, frozenClock, time, true, limits);
    }

    public EmulatorConfig withLimits(Limits bounds) {
        return new EmulatorConfig(
                host, port, key, publicUrl, strictPaths, frozenClock, time, knownTrainersOnly, bounds);
    }
}
