package avatarmonitor.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import org.junit.jupiter.api.Test;

/** Detects whether a pipe still has a reader, without writing to it. */
class ClosedOutputTest {
    @Test
    void pipeIsGoneWhenItsReaderIs() throws Exception {
        Process writer = new ProcessBuilder("sleep", "60").start();
        try {
            ClosedOutput closed = new ClosedOutput(writer.pid());
            assertThat(closed.isGone()).as("this process reads it").isFalse();
            try (InputStream reader = writer.getInputStream()) {
                assertThat(reader.available()).isZero();
            }
            assertThat(closed.isGone()).isTrue();
        } finally {
            writer.destroyForcibly();
        }
    }

    @Test
    void fileIsNeverGone() throws Exception {
        Process writer = new ProcessBuilder("sleep", "60")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            assertThat(new ClosedOutput(writer.pid()).isGone()).isFalse();
        } finally {
            writer.destroyForcibly();
        }
    }
}
