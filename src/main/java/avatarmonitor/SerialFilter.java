package avatarmonitor;

import java.io.ObjectInputFilter;

/**
 * The filter of Java deserialization for the whole process: it rejects every class. Nothing in this product is stored or sent as a serialized
 * object; bytes that claim to be one are an attempt to run code.
 */
final class SerialFilter {
    private SerialFilter() {}

    /** Sets it, unless one was given on the command line of the JVM ({@code -Djdk.serialFilter}): a process has one for good. */
    static void rejectAll() {
        if (ObjectInputFilter.Config.getSerialFilter() == null) {
            ObjectInputFilter.Config.setSerialFilter(ObjectInputFilter.Config.createFilter("!*"));
        }
    }
}
