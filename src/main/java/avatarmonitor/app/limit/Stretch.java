package avatarmonitor.app.limit;

import avatarmonitor.inspect.Facts;
import java.util.function.DoubleSupplier;

/**
 * Factor by which the intervals of all checks are longer while the rate limit of the cluster is too low for them; 1
 * when it is not. Each worker computes it from the same counts.
 */
public final class Stretch implements DoubleSupplier {
    /**
     * Share of the limit below which it is enough again, so that a number around the limit is not logged each time.
     */
    static final double ENOUGH = 0.9;

    private volatile double factor = 1;

    /** The factor that follows. */
    static double next(double factor, double needed, double allowed) {
        boolean low = factor > 1 ? needed > allowed * ENOUGH : needed > allowed;
        return low ? Math.max(1, Facts.stretch(needed, allowed)) : 1;
    }

    void update(double needed, double allowed) {
        factor = next(factor, needed, allowed);
    }

    @Override
    public double getAsDouble() {
        return factor;
    }
}
