package avatarmonitor.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.store.Database;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Statement;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A full file system of PostgreSQL: all tables are on it, the write-ahead log is not. */
final class FullDiskTest {
    private static final String LEFT_OUT =
            "FullDiskTest was left out: mounting a tmpfs needs root (run the tests as root in a container)";

    /** Incompressible text of more than one page, which needs new pages. */
    private static final int LETTERS = 200_000;

    @ParameterizedTest
    @EnumSource(value = TestDatabase.class, names = "POSTGRESQL.*", mode = EnumSource.Mode.MATCH_ALL)
    void endIsKeptWhileTheDiskIsFullAndWrittenAfterwards(TestDatabase kind) throws Exception {
        Path disk = Files.createTempDirectory("avatar-monitor-disk-");
        boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=24m,mode=0700", "tmpfs", disk.toString());
        if (!mounted) {
            Files.delete(disk);
            System.out.println(LEFT_OUT);
        }
        assumeTrue(mounted, LEFT_OUT);
        String space = "disk_" + Long.toHexString(System.nanoTime());
        try (TestDatabase.Fresh fresh = kind.fresh()) {
            outsideTransaction(fresh.database(), "CREATE TABLESPACE " + space + " LOCATION '" + disk + "'");
            Sql.run(
                    fresh.database(),
                    "ALTER TABLE ALL IN TABLESPACE pg_default SET TABLESPACE " + space,
                    "ALTER INDEX ALL IN TABLESPACE pg_default SET TABLESPACE " + space);
            RefusedEnds ends = new RefusedEnds(fresh.database());
            AvatarId id = ends.watched("r-1");
            ends.falSays("completed");
            ends.completed(RefusedEnds.MODEL.strip().replaceFirst("\\}$", ", \"prompt\": \"" + letters() + "\"}"));
            Path filling = disk.resolve("filling");
            fill(filling);

            assertThat(ends.next(id)).isEqualTo(CheckOutcome.WRITE_REFUSED);
            assertThat(ends.next(id)).isEqualTo(CheckOutcome.WRITE_REFUSED);
            assertThat(ends.avatars.row(id)).containsEntry("status", "TRAINING");
            assertThat(ends.fal.asked).as("status and result, once").hasSize(2);

            Files.delete(filling);
            assertThat(ends.next(id)).isEqualTo(CheckOutcome.COMPLETED);
            assertThat(ends.avatars.row(id)).containsEntry("status", "COMPLETED");
            assertThat(ends.fal.asked).hasSize(2);
            Sql.run(
                    fresh.database(),
                    "ALTER TABLE ALL IN TABLESPACE " + space + " SET TABLESPACE pg_default",
                    "ALTER INDEX ALL IN TABLESPACE " + space + " SET TABLESPACE pg_default");
            outsideTransaction(fresh.database(), "DROP TABLESPACE " + space);
        } finally {
            assertThat(run("umount", "--lazy", disk.toString())).isTrue();
            Files.deleteIfExists(disk);
        }
    }

    private static void outsideTransaction(Database database, String sql) {
        boolean unused = database.read(connection -> {
            try (Statement statement = connection.createStatement()) {
                return statement.execute(sql);
            }
        });
    }

    private static String letters() {
        return new Random(1)
                .ints(LETTERS, 'a', 'z' + 1)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static void fill(Path file) throws IOException {
        byte[] page = new byte[4_096];
        try (OutputStream out = Files.newOutputStream(file)) {
            while (true) {
                out.write(page);
            }
        } catch (IOException full) {
            assertThat(file.getFileSystem().provider().getFileStore(file).getUsableSpace())
                    .isLessThan(page.length);
        }
    }

    private static boolean run(String... command) throws Exception {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException missing) {
            return false;
        }
        return process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
    }
}
