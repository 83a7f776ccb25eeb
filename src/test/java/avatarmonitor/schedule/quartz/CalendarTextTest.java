package avatarmonitor.schedule.quartz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quartz.Calendar;
import org.quartz.impl.calendar.BaseCalendar;
import org.quartz.impl.calendar.CronCalendar;
import org.quartz.impl.calendar.DailyCalendar;
import org.quartz.impl.calendar.HolidayCalendar;
import org.quartz.impl.calendar.MonthlyCalendar;
import org.quartz.impl.calendar.WeeklyCalendar;

/** Calendars survive the conversion to text; nothing else is read. */
final class CalendarTextTest {
    private static final TimeZone TOKYO = TimeZone.getTimeZone("Asia/Tokyo");

    /** A Saturday in UTC and in Tokyo. */
    private static final Instant SATURDAY = Instant.parse("2026-11-28T10:00:00Z");

    private static Calendar again(Calendar calendar) throws IOException {
        return CalendarText.read(CalendarText.write(calendar).toByteArray());
    }

    private static boolean includes(Calendar calendar, Instant time) {
        return calendar.isTimeIncluded(time.toEpochMilli());
    }

    @Test
    void eachKindComesBackAsItWas() throws Exception {
        WeeklyCalendar weekly = new WeeklyCalendar(TOKYO);
        weekly.setDayExcluded(java.util.Calendar.SATURDAY, true);
        HolidayCalendar holiday = new HolidayCalendar(weekly, TOKYO);
        holiday.addExcludedDate(Date.from(Instant.parse("2026-12-24T12:00:00Z")));
        holiday.setDescription("Feiertage, \"ü\" = \\u");
        Calendar read = again(holiday);
        assertThat(read.getDescription()).isEqualTo("Feiertage, \"ü\" = \\u");
        assertThat(includes(read, Instant.parse("2026-12-24T03:00:00Z"))).isFalse();
        assertThat(includes(read, Instant.parse("2026-12-25T03:00:00Z"))).isTrue();
        assertThat(includes(read, SATURDAY)).isFalse();
        assertThat(((BaseCalendar) read).getTimeZone().getID()).isEqualTo("Asia/Tokyo");

        MonthlyCalendar monthly = new MonthlyCalendar();
        monthly.setDayExcluded(28, true);
        assertThat(includes(again(monthly), SATURDAY)).isFalse();
        assertThat(includes(again(monthly), SATURDAY.plusSeconds(86_400))).isTrue();
        assertThat(includes(again(new CronCalendar("* * 10 * * ?")), SATURDAY)).isEqualTo(false);
        assertThat(includes(again(new BaseCalendar()), SATURDAY)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "kind=other",
                "kind=weekly\nexcluded=11",
                "kind=cron\nexpression=never",
                "kind=holiday\nexcluded=yesterday",
                "kind=base\nzone=Nowhere/Here",
                "kind=\\uzzzz",
                "kind=base\nbase.kind=base\nbase.base.kind=base\nbase.base.base.kind=base\nbase.base.base.base.kind=base\n"
                        + "base.base.base.base.base.kind=base"
            })
    void whatIsNoTextOfACalendarIsRefused(String text) {
        assertThatThrownBy(() -> CalendarText.read(text.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IOException.class);
    }

    @Test
    void tooLongATextAndOtherKindsAreRefused() {
        assertThatThrownBy(() -> CalendarText.read(new byte[65_537]))
                .hasMessageContaining("65537 bytes, at most 65536");
        assertThatThrownBy(() -> CalendarText.write(new DailyCalendar("08:00", "09:00")))
                .hasMessageContaining("cannot be stored");
    }
}
