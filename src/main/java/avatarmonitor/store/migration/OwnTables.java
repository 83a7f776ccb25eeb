package avatarmonitor.store.migration;

import java.util.List;

/** Names of avatar-monitor's tables. Tables of others may exist in the same schema, even with the same prefix. */
final class OwnTables {
    static final List<String> NAMES = List.of(
            "avatar_event",
            "avatar_monitor_action",
            "avatar_monitor_alert",
            "avatar_monitor_answer",
            "avatar_monitor_check",
            "avatar_monitor_delivery",
            "avatar_monitor_endpoint",
            "avatar_monitor_fal_history",
            "avatar_monitor_fal_pause",
            "avatar_monitor_hint_proof",
            "avatar_monitor_hinted_end",
            "avatar_monitor_kept_hint",
            "avatar_monitor_load",
            "avatar_monitor_outbox",
            "avatar_monitor_outbox_lock",
            "avatar_monitor_pause",
            "avatar_monitor_rate",
            "avatar_monitor_reconcile",
            "avatar_monitor_request",
            "avatar_monitor_scan",
            "avatar_monitor_schema_history",
            "avatar_monitor_training_type",
            "avatar_monitor_views",
            "avatar_monitor_worker_status",
            "avatar_monitoring",
            "qrtz_blob_triggers",
            "qrtz_calendars",
            "qrtz_cron_triggers",
            "qrtz_fired_triggers",
            "qrtz_job_details",
            "qrtz_locks",
            "qrtz_paused_trigger_grps",
            "qrtz_scheduler_state",
            "qrtz_simple_triggers",
            "qrtz_simprop_triggers",
            "qrtz_triggers");

    private OwnTables() {}
}
