package avatarmonitor.schedule.quartz;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.text.ParseException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Date;
import java.util.Properties;
import java.util.TimeZone;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.quartz.Calendar;
import org.quartz.impl.calendar.BaseCalendar;
import org.quartz.impl.calendar.CronCalendar;
import org.quartz.impl.calendar.HolidayCalendar;
import org.quartz.impl.calendar.MonthlyCalendar;
import org.quartz.impl.calendar.WeeklyCalendar;

/**
 * Text form of a Quartz calendar, as a properties file. Quartz stores calendars as serialized Java objects, and
 * deserializing one can run code chosen by the writer of the row: such a row is rejected here and never deserialized.
 */
final class CalendarText {
    /** Maximum size of one calendar, in bytes. */
    static final int BYTES_MAX = 64 * 1024;

    /** Maximum depth of calendars based on each other. */
    private static final int DEPTH_MAX = 5;

    private CalendarText() {}

    /** @throws IOException when this kind of calendar has no text form, or is too large */
    static ByteArrayOutputStream write(Calendar calendar) throws IOException {
        Properties text = new Properties();
        write(calendar, "", text);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        text.store(bytes, null);
        if (bytes.size() > BYTES_MAX) {
            throw new IOException("calendar is too large: " + bytes.size() + " bytes, at most " + BYTES_MAX);
        }
        return bytes;
    }

    private static void write(Calendar calendar, String prefix, Properties text) throws IOException {
        Class<?> type = calendar.getClass();
        if (type == CronCalendar.class) {
            text.setProperty(prefix + "kind", "cron");
            text.setProperty(
                    prefix + "expression",
                    ((CronCalendar) calendar).getCronExpression().getCronExpression());
        } else if (type == HolidayCalendar.class) {
            text.setProperty(prefix + "kind", "holiday");
            text.setProperty(
                    prefix + "excluded",
                    ((HolidayCalendar) calendar)
                            .getExcludedDates().stream()
                                    .map(date -> date.toInstant().toString())
                                    .collect(Collectors.joining(",")));
        } else if (type == WeeklyCalendar.class) {
            text.setProperty(prefix + "kind", "weekly");
            text.setProperty(prefix + "excluded", bits(((WeeklyCalendar) calendar).getDaysExcluded()));
        } else if (type == MonthlyCalendar.class) {
            text.setProperty(prefix + "kind", "monthly");
            text.setProperty(prefix + "excluded", bits(((MonthlyCalendar) calendar).getDaysExcluded()));
        } else if (type == BaseCalendar.class) {
            text.setProperty(prefix + "kind", "base");
        } else {
            throw new IOException("calendar of " + type.getName()
                    + " cannot be stored: use a base, cron, holiday, weekly or monthly calendar");
        }
        BaseCalendar base = (BaseCalendar) calendar;
        if (base.getTimeZone() != null) {
            text.setProperty(prefix + "zone", base.getTimeZone().getID());
        }
        if (base.getDescription() != null) {
            text.setProperty(prefix + "description", base.getDescription());
        }
        if (base.getBaseCalendar() != null) {
            write(base.getBaseCalendar(), prefix + "base.", text);
        }
    }

    /**
     * @param bytes as written by {@link #write}
     * @throws IOException when they are anything else, such as a serialized object
     */
    static Calendar read(byte[] bytes) throws IOException {
        if (bytes.length > BYTES_MAX) {
            throw new IOException("calendar is too large: " + bytes.length + " bytes, at most " + BYTES_MAX);
        }
        Properties text = new Properties();
        try {
            text.load(new ByteArrayInputStream(bytes));
            return read(text, "", DEPTH_MAX);
        } catch (IllegalArgumentException | DateTimeException | ParseException e) {
            throw new IOException("calendar cannot be read: " + e.getMessage(), e);
        }
    }

    private static Calendar read(Properties text, String prefix, int depth) throws IOException, ParseException {
        if (depth == 0) {
            throw new IOException("calendars are based on each other more than " + DEPTH_MAX + " times");
        }
        @Nullable
        Calendar base = text.containsKey(prefix + "base.kind") ? read(text, prefix + "base.", depth - 1) : null;
        String zoneId = text.getProperty(prefix + "zone");
        @Nullable TimeZone zone = zoneId == null ? null : TimeZone.getTimeZone(ZoneId.of(zoneId, ZoneId.SHORT_IDS));
        String excluded = text.getProperty(prefix + "excluded", "");
        BaseCalendar calendar = switch (text.getProperty(prefix + "kind", "")) {
            case "base" -> new BaseCalendar(base, zone);
            case "cron" -> new CronCalendar(base, text.getProperty(prefix + "expression", ""), zone);
            case "holiday" -> holiday(base, zone, excluded);
            case "weekly" -> {
                WeeklyCalendar weekly = new WeeklyCalendar(base, zone);
                weekly.setDaysExcluded(bits(excluded, weekly.getDaysExcluded().length));
                yield weekly;
            }
            case "monthly" -> {
                MonthlyCalendar monthly = new MonthlyCalendar(base, zone);
                monthly.setDaysExcluded(bits(excluded, monthly.getDaysExcluded().length));
                yield monthly;
            }
            default -> throw new IOException("calendar is not in text form; serialized Java objects are never read");
        };
        calendar.setDescription(text.getProperty(prefix + "description"));
        return calendar;
    }

    private static HolidayCalendar holiday(@Nullable Calendar base, @Nullable TimeZone zone, String excluded) {
        HolidayCalendar holiday = new HolidayCalendar(base, zone);
        if (!excluded.isEmpty()) {
            for (String date : excluded.split(",", -1)) {
                holiday.addExcludedDate(Date.from(Instant.parse(date)));
            }
        }
        return holiday;
    }

    private static String bits(boolean[] days) {
        StringBuilder text = new StringBuilder();
        for (boolean day : days) {
            text.append(day ? '1' : '0');
        }
        return text.toString();
    }

    private static boolean[] bits(String text, int length) throws IOException {
        if (!text.matches("[01]{" + length + "}")) {
            throw new IOException("calendar cannot be read: expected " + length + " digits 0 or 1 for its days");
        }
        boolean[] days = new boolean[length];
        for (int i = 0; i < length; i++) {
            days[i] = text.charAt(i) == '1';
        }
        return days;
    }
}
