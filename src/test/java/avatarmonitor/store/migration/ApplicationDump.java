package avatarmonitor.store.migration;

import avatarmonitor.store.Database;
import avatarmonitor.testing.Sql;
import java.util.List;

/** Dump of a PostgreSQL database without this product's tables and views, including the rows of {@code avatars}. */
final class ApplicationDump {
    private static final String OURS =
            "^(qrtz_|idx_qrtz_|avatar_monitor|avatar_event|idx_avatar_(event|monitor)|v_(watched|unwatched|stalled|stuck_triggers|"
                    + "workers|recent_events|future_times)$)";

    private ApplicationDump() {}

    static List<String> of(Database database) {
        return Sql.rows(database, """
                WITH relation AS (
                  SELECT c.* FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                  WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND c.relname !~ '%1$s')
                SELECT 'relation', c.relname, c.relkind::text, coalesce(c.relacl::text, ''), coalesce(c.reloptions::text, ''),
                       c.relfilenode::text, ''
                FROM relation c
                UNION ALL
                SELECT 'column', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnum::text,
                       a.attnotnull::text, coalesce(pg_get_expr(d.adbin, d.adrelid), '')
                FROM relation c
                JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
                LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
                UNION ALL
                SELECT 'constraint', c.relname, k.conname, pg_get_constraintdef(k.oid), '', '', ''
                FROM pg_constraint k JOIN relation c ON c.oid = k.conrelid
                UNION ALL
                SELECT 'index', c.relname, '', pg_get_indexdef(c.oid), '', '', '' FROM relation c WHERE c.relkind = 'i'
                UNION ALL
                SELECT 'view', c.relname, '', pg_get_viewdef(c.oid), '', '', '' FROM relation c WHERE c.relkind = 'v'
                UNION ALL
                SELECT 'trigger', c.relname, t.tgname, t.tgenabled::text, pg_get_triggerdef(t.oid), '', ''
                FROM pg_trigger t JOIN relation c ON c.oid = t.tgrelid
                UNION ALL
                SELECT 'function', p.proname, '', pg_get_functiondef(p.oid), '', '', ''
                FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
                WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND p.proname !~ '%1$s'
                UNION ALL
                SELECT 'enum', t.typname, e.enumlabel, e.enumsortorder::text, '', '', ''
                FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid
                UNION ALL
                SELECT 'row', 'avatars', row_to_json(a)::text, a.xmin::text, '', '', '' FROM avatars a
                ORDER BY 1, 2, 3, 4
                """.formatted(OURS));
    }
}
