package avatarmonitor.config;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.http.Egress;
import avatarmonitor.http.EgressConfig;
import avatarmonitor.http.NoProxy;
import avatarmonitor.http.Proxy;
import avatarmonitor.testing.LocalCertificate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Proxy settings from configuration and environment. */
class EgressKeysTest {
    @TempDir
    Path directory;

    @Test
    void withoutAnythingRequestsLeaveDirectly() {
        EgressConfig egress = config().load().egress();

        assertThat(egress).isEqualTo(new EgressConfig(Egress.DIRECT, Egress.DIRECT, "requests leave directly"));
    }

    @ParameterizedTest
    @CsvSource({
        "http://proxy.example.com:3128, proxy.example.com, 3128, '', ''",
        "proxy.example.com:3128, proxy.example.com, 3128, '', ''",
        "HTTP://10.0.0.1:80/, 10.0.0.1, 80, '', ''",
        "http://[2001:db8::1]:3128, [2001:db8::1], 3128, '', ''",
        "http://u:p%40ss+w%3Ard@proxy:3128, proxy, 3128, u, p@ss+w:rd",
        "u:p@ss:word@proxy:3128, proxy, 3128, u, p@ss:word",
        "http://u@proxy:3128, proxy, 3128, u, ''"
    })
    void proxyOfKeyAndOfEnvironmentIsReadAlike(String text, String host, int port, String user, String password) {
        Proxy proxy = new Proxy(host, port, user, password);

        EgressConfig byKey =
                config().variable("AVATAR_MONITOR_FAL_PROXY", text).load().egress();
        EgressConfig byEnvironment =
                config().variable("HTTPS_PROXY", text).load().egress();

        assertThat(byKey.fal().proxy()).isEqualTo(proxy);
        assertThat(byKey.others()).isEqualTo(Egress.DIRECT);
        assertThat(byEnvironment.fal().proxy()).isEqualTo(proxy);
        assertThat(byEnvironment.others().proxy()).isEqualTo(proxy);
    }

    @Test
    void keyWinsForFalAndTheEnvironmentHoldsForOthers() {
        EgressConfig egress = config().variable("HTTPS_PROXY", "http://u:hunter2@usual:3128")
                .variable("NO_PROXY", "queue.fal.run,.internal")
                .variable("AVATAR_MONITOR_FAL_PROXY", "http://own:8080")
                .load()
                .egress();

        assertThat(egress.fal().proxyFor("queue.fal.run", 443)).contains(new Proxy("own", 8080, "", ""));
        assertThat(egress.others().proxyFor("hooks.example.com", 443)).isPresent();
        assertThat(egress.others().proxyFor("hooks.internal", 443)).isEmpty();
        assertThat(egress.shown())
                .isEqualTo("requests to fal leave by http://own:8080 (fal.proxy), others by http://***@usual:3128"
                        + " (environment variable HTTPS_PROXY, but 2 exceptions)");
    }

    @Test
    void lowerCaseWinsAndNoneIgnoresTheEnvironment() {
        ConfigFixture both = config().variable("HTTPS_PROXY", "upper:1").variable("https_proxy", "lower:2");

        assertThat(both.load().egress().fal().proxyFor("queue.fal.run", 443)).contains(new Proxy("lower", 2, "", ""));
        both.variable("no_proxy", "*").variable("NO_PROXY", "nobody");
        assertThat(both.load().egress().fal().proxyFor("queue.fal.run", 443)).isEmpty();
        both.variable("AVATAR_MONITOR_FAL_PROXY", "none").variable("https_proxy", "socks5://x:1");
        assertThat(both.load().egress().fal()).isEqualTo(new Egress(null, NoProxy.parse("*"), List.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST", "127.0.0.1", "127.8.8.8", "::1", "[::1]"})
    void thisMachineIsReachedDirectly(String host) {
        assertThat(config().variable("AVATAR_MONITOR_FAL_PROXY", "p:1")
                        .load()
                        .egress()
                        .fal()
                        .proxyFor(host, 8080))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "socks5://u:hunter2@proxy:1080",
                "https://u:hunter2@proxy:443",
                "http://u:hunter2@proxy",
                "http://u:hunter2@proxy:0",
                "http://u:hunter2@proxy:65536",
                "http://u:hunter2@proxy:3128/path",
                "http://u:hunter2@proxy:3128?x",
                "http://u:hunter2@:3128",
                "http://u:hunter2@pro xy:3128",
                "http://u:hunter2%zz@proxy:3128",
                "u:hunter2@"
            })
    void otherProxiesAreRefusedWithoutThePassword(String text) {
        Problem key = config().variable("AVATAR_MONITOR_FAL_PROXY", text).problem();
        Problem variable = config().variable("HTTPS_PROXY", text).problem();

        assertThat(key.key()).isEqualTo("fal.proxy");
        assertThat(key.expected()).startsWith("auto, none, or http://host:port of an HTTP proxy");
        assertThat(variable.describe()).isEqualTo("""
                        HTTPS_PROXY  (environment)
                            expected: http://host:port of an HTTP proxy, with user:password@ before the host if it asks
                            to do: correct it, or set fal.proxy = none to use no proxy at all""");
        assertThat(key.describe()).doesNotContain("hunter2");
    }

    @Test
    void passwordOfAProxyIsNeverShownAndMayComeFromAFile() throws Exception {
        Files.writeString(directory.resolve("proxy"), "http://u:hunter2@proxy:3128\n");
        Settings settings =
                config().variable("AVATAR_MONITOR_FAL_PROXY_FILE", "proxy").load();

        assertThat(settings.egress().fal().proxy()).isEqualTo(new Proxy("proxy", 3128, "u", "hunter2"));
        assertThat(settings.toString()).doesNotContain("hunter2").contains("\"http://***@proxy:3128\"");
    }

    @Test
    void certificatesOfTheFileAreTrustedBesideJavas() throws Exception {
        String pem = LocalCertificate.in(directory).pem();
        Files.writeString(directory.resolve("ca.pem"), "our authority\n" + pem + "\n" + pem);

        EgressConfig egress = ca("ca.pem").load().egress();

        assertThat(egress.fal().authorities()).hasSize(2);
        assertThat(egress.others().authorities()).hasSize(2);
        assertThat(egress.others().tls()).isPresent();
        assertThat(egress.shown()).isEqualTo("requests leave directly; trusted besides Java's own: 2 certificates");
    }

    @Test
    void fileWithoutCertificatesIsRefused() throws Exception {
        Files.writeString(directory.resolve("empty.pem"), "");
        Files.writeString(
                directory.resolve("cut.pem"), "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");
        Files.write(directory.resolve("large.pem"), new byte[1024 * 1024 + 1]);

        assertThat(ca("none.pem").problem().describe()).isEqualTo("""
                        http-client.ca-file = "none.pem"  (environment variable AVATAR_MONITOR_HTTP_CLIENT_CA_FILE)
                            expected: a PEM file with one or more certificates (-----BEGIN CERTIFICATE-----)
                            to do: there is no such file: check the path""");
        assertThat(ca(".").problem().advice()).startsWith("there is no such file");
        assertThat(ca("empty.pem").problem().advice()).startsWith("the file holds no certificate");
        assertThat(ca("cut.pem").problem().advice()).startsWith("a certificate of the file cannot be read");
        assertThat(ca("large.pem").problem().advice()).startsWith("the file is larger than 1048576 bytes");
    }

    private ConfigFixture config() {
        return new ConfigFixture(directory);
    }

    private ConfigFixture ca(String file) {
        return config().variable("AVATAR_MONITOR_HTTP_CLIENT_CA_FILE", file);
    }
}
