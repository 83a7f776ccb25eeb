package avatarmonitor;

import avatarmonitor.cli.AvatarMonitorCli;

/** Entry point. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(AvatarMonitorCli.run(args));
    }
}
