package avatarmonitor.http;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Hosts excluded from the proxy by {@code NO_PROXY}, with the syntax of curl and Go: comma-separated entries, each
 * {@code *}, a domain ({@code example.com} and {@code .example.com} match the domain and its subdomains), an address, a
 * network such as {@code 10.0.0.0/8}, or one of them with a port. Names are compared as text, without DNS lookups.
 */
public record NoProxy(List<String> entries) {
    public static final NoProxy NONE = new NoProxy(List.of());

    /** Address literals, which {@link InetAddress} parses without a DNS lookup. */
    private static final Pattern ADDRESS = Pattern.compile(
            "(25[0-5]|2[0-4]\\d|1?\\d?\\d)(\\.(25[0-5]|2[0-4]\\d|1?\\d?\\d)){3}|[0-9a-f:.]*:[0-9a-f:.]*");

    public NoProxy {
        entries = List.copyOf(entries);
    }

    /** Parses the value; white space separates like a comma. */
    public static NoProxy parse(String text) {
        return new NoProxy(Arrays.stream(text.toLowerCase(Locale.ROOT).split("[,\\s]+", -1))
                .filter(entry -> !entry.isEmpty())
                .toList());
    }

    /** Returns whether requests to this host bypass the proxy. */
    public boolean matches(String host, int port) {
        String name = bare(host.toLowerCase(Locale.ROOT));
        return entries.stream().anyMatch(entry -> matches(entry, name, port));
    }

    private static boolean matches(String entry, String name, int port) {
        if (entry.equals("*")) {
            return true;
        }
        int colon = entry.lastIndexOf(':');
        boolean hasPort = colon > 0
                && (entry.indexOf(':') == colon || entry.charAt(colon - 1) == ']')
                && entry.substring(colon + 1).matches("\\d{1,5}");
        if (hasPort && Integer.parseInt(entry.substring(colon + 1)) != port) {
            return false;
        }
        String host = bare(hasPort ? entry.substring(0, colon) : entry);
        if (host.contains("/")) {
            return inNetwork(host, name);
        }
        if (ADDRESS.matcher(name).matches()) {
            return ADDRESS.matcher(host).matches() && bits(host).equals(bits(name));
        }
        String domain = host.replaceFirst("^\\*?\\.", "");
        return !domain.isEmpty() && (name.equals(domain) || name.endsWith("." + domain));
    }

    private static boolean inNetwork(String network, String name) {
        String[] parts = network.split("/", -1);
        if (parts.length != 2
                || !parts[1].matches("\\d{1,3}")
                || !ADDRESS.matcher(parts[0]).matches()
                || !ADDRESS.matcher(name).matches()) {
            return false;
        }
        String prefix = bits(parts[0]);
        String address = bits(name);
        int length = Integer.parseInt(parts[1]);
        return length <= prefix.length()
                && prefix.length() == address.length()
                && !prefix.isEmpty()
                && prefix.substring(0, length).equals(address.substring(0, length));
    }

    /** Returns the address as a string of bits; empty when it is no address. */
    private static String bits(String address) {
        try {
            byte[] bytes = InetAddress.getByName(address).getAddress();
            String bits = new BigInteger(1, bytes).toString(2);
            return "0".repeat(bytes.length * 8 - bits.length()) + bits;
        } catch (UnknownHostException noAddress) {
            return "";
        }
    }

    private static String bare(String host) {
        String name = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }
}
