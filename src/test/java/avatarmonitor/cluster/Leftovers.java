package avatarmonitor.cluster;

import avatarmonitor.testing.Avatars;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Quartz rows that must not remain once every training has ended. */
final class Leftovers {
    private static final Map<String, String> QUESTIONS = new LinkedHashMap<>();

    static {
        QUESTIONS.put("trigger of an avatar that has ended", """
                SELECT trigger_name, trigger_state, next_fire_time FROM qrtz_triggers WHERE trigger_group = 'avatar'""");
        QUESTIONS.put("trigger that does not wait", """
                SELECT trigger_group, trigger_name, trigger_state FROM qrtz_triggers WHERE trigger_state <> 'WAITING'""");
        QUESTIONS.put("trigger of Quartz's own recovery", """
                SELECT trigger_name, job_name FROM qrtz_triggers WHERE trigger_group = 'RECOVERING_JOBS'""");
        QUESTIONS.put("trigger without its other half", """
                SELECT trigger_group, trigger_name FROM qrtz_triggers t
                WHERE trigger_type = 'SIMPLE' AND NOT EXISTS (
                  SELECT 1 FROM qrtz_simple_triggers s
                  WHERE s.trigger_group = t.trigger_group AND s.trigger_name = t.trigger_name)""");
        QUESTIONS.put("half of a trigger", """
                SELECT trigger_group, trigger_name FROM qrtz_simple_triggers s
                WHERE NOT EXISTS (
                  SELECT 1 FROM qrtz_triggers t
                  WHERE s.trigger_group = t.trigger_group AND s.trigger_name = t.trigger_name)""");
        QUESTIONS.put("firing that nobody finished", """
                SELECT instance_name, trigger_group, trigger_name, state FROM qrtz_fired_triggers""");
        QUESTIONS.put("paused group", "SELECT trigger_group FROM qrtz_paused_trigger_grps");
    }

    private Leftovers() {}

    /** Describes each one. A running maintenance job counts too, but disappears soon. */
    static List<String> find(Avatars avatars, Collection<String> living) {
        List<String> found = new ArrayList<>();
        QUESTIONS.forEach((what, question) -> {
            for (Map<String, @Nullable String> row : avatars.rows(question)) {
                found.add(what + " " + row);
            }
        });
        for (Map<String, @Nullable String> row : avatars.rows("SELECT instance_name FROM qrtz_scheduler_state")) {
            String instance = String.valueOf(row.get("instance_name"));
            if (living.stream().noneMatch(worker -> isInstanceOf(worker, instance))) {
                found.add("check-in of a worker that is gone " + row);
            }
        }
        return found;
    }

    /** Returns all rows with the name of this worker. */
    static List<String> of(Avatars avatars, String worker) {
        List<String> found = new ArrayList<>();
        for (Map<String, @Nullable String> row : avatars.rows("""
                SELECT 'firing' AS what, instance_name, trigger_name, state FROM qrtz_fired_triggers
                UNION ALL
                SELECT 'check-in', instance_name, NULL, NULL FROM qrtz_scheduler_state""")) {
            if (isInstanceOf(worker, String.valueOf(row.get("instance_name")))) {
                found.add("left by " + worker + ": " + row);
            }
        }
        return found;
    }

    /** The instance id of a worker is its name with a random part. */
    static boolean isInstanceOf(String worker, String instance) {
        return instance.startsWith(worker + "-");
    }
}
