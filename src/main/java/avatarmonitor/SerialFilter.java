package avatarmonitor;

import java.io.ObjectInputFilter;

/**
 * Filter of Java deserialization for the whole process: rejects every class. This product neither stores nor sends
 * serialized objects; bytes that claim to be one are an attempt to run code.
 */
final class SerialFilter {
    private SerialFilter() {}

    /**
     * Sets the filter, unless one was given on the command line of the JVM ({@code -Djdk.serialFilter}): it can be set
     * once per process.
     */
    static void rejectAll() {
        if (ObjectInputFilter.Config.getSerialFilter() == null) {
            ObjectInputFilter.Config.setSerialFilter(ObjectInputFilter.Config.createFilter("!*"));
        }
    }
}
