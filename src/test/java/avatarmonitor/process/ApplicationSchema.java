package avatarmonitor.process;

import java.util.List;
import java.util.UUID;

/** A PostgreSQL schema of an application, and a dump of the application's objects in any schema. */
final class ApplicationSchema {
    static final UUID USER = UUID.fromString("00000000-0000-7000-8000-000000000001");

    static final List<String> RICH = List.of(
            "CREATE TYPE avatar_status AS ENUM ('draft', 'uploading', 'training', 'completed', 'error', 'cancelled')",
            "CREATE TYPE avatar_kind AS ENUM ('portrait', 'style')",
            "CREATE TABLE users (id uuid PRIMARY KEY, email text NOT NULL UNIQUE)",
            """
            CREATE TABLE avatars (
              id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
              user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
              name text NOT NULL CHECK (name <> ''),
              training_type avatar_kind NOT NULL,
              status avatar_status NOT NULL DEFAULT 'draft',
              fal_request_id text UNIQUE,
              training_started_at timestamptz,
              training_completed_at timestamptz,
              training_progress smallint NOT NULL DEFAULT 0 CHECK (training_progress BETWEEN 0 AND 100),
              last_status_check timestamptz,
              training_error varchar(40),
              finetune_id varchar(255),
              diffusers_lora_file_url varchar(500),
              config_file_url varchar(500),
              fal_response_data jsonb NOT NULL DEFAULT '{}',
              training_settings json NOT NULL DEFAULT '{"steps": 2500}',
              updated_at timestamptz NOT NULL DEFAULT now()
            )""",
            "COMMENT ON COLUMN avatars.status IS 'set by the application and by the monitor'",
            "CREATE INDEX avatars_in_training ON avatars (training_started_at) WHERE status = 'training'",
            "CREATE TABLE photos (id bigserial PRIMARY KEY, avatar_id uuid NOT NULL REFERENCES avatars ON DELETE CASCADE, url text)",
            "CREATE VIEW avatars_ready AS SELECT id, name FROM avatars WHERE status = 'completed'",
            "GRANT SELECT ON avatars_ready TO PUBLIC",
            "CREATE TABLE avatar_audit (avatar_id uuid REFERENCES avatars, old_status avatar_status, new_status avatar_status)",
            """
            CREATE FUNCTION audit_avatar() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN
              INSERT INTO avatar_audit VALUES (NEW.id, OLD.status, NEW.status);
              RETURN NEW;
            END
            $body$""",
            """
            CREATE TRIGGER audit AFTER UPDATE ON avatars FOR EACH ROW WHEN (OLD.status <> NEW.status)
            EXECUTE FUNCTION audit_avatar()""");

    /** Dump of the catalog like pg_dump; this product's own tables, views and their objects are left out. */
    private static final String DUMP = """
            WITH foreigners AS (
              SELECT c.oid, c.relname, c.relkind, c.relacl, c.relowner, c.reloptions, c.relrowsecurity FROM pg_class c
              WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'S', 'p', 'm')
                AND c.relname !~ '^(qrtz_.*|avatar_monitor.*|avatar_event.*|v_(watched|unwatched|stalled|stuck_triggers|workers|recent_events|future_times))$')
            SELECT line FROM (
              SELECT format('relation %s %s %s %s %s %s', relname, relkind, relacl, relowner, reloptions, relrowsecurity)
              FROM foreigners
              UNION ALL
              SELECT format('column %s.%s %s %s %s %s %s', f.relname, a.attname, a.attnum, format_type(a.atttypid, a.atttypmod),
                a.attnotnull, pg_get_expr(d.adbin, d.adrelid), col_description(f.oid, a.attnum))
              FROM foreigners f JOIN pg_attribute a ON a.attrelid = f.oid AND a.attnum > 0
              LEFT JOIN pg_attrdef d ON d.adrelid = f.oid AND d.adnum = a.attnum
              UNION ALL
              SELECT format('constraint %s %s %s', f.relname, k.conname, pg_get_constraintdef(k.oid))
              FROM foreigners f JOIN pg_constraint k ON k.conrelid = f.oid
              UNION ALL
              SELECT 'index ' || pg_get_indexdef(i.indexrelid) FROM foreigners f JOIN pg_index i ON i.indrelid = f.oid
              UNION ALL
              SELECT 'trigger ' || pg_get_triggerdef(t.oid) FROM foreigners f JOIN pg_trigger t ON t.tgrelid = f.oid
              WHERE NOT t.tgisinternal
              UNION ALL
              SELECT format('view %s %s', relname, pg_get_viewdef(oid)) FROM foreigners WHERE relkind = 'v'
              UNION ALL
              SELECT 'function ' || pg_get_functiondef(p.oid) FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
                AND p.proname !~ '^avatar_monitor_'
              UNION ALL
              SELECT format('label %s %s %s', t.typname, e.enumsortorder, e.enumlabel)
              FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid
              UNION ALL
              SELECT format('schema %s %s', nspname, nspacl) FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp'
              UNION ALL
              SELECT format('extension %s', extname) FROM pg_extension
            ) dump (line) ORDER BY line""";

    private ApplicationSchema() {}

    /** Returns one line for each object in the schema. */
    static List<String> dump(Site site) {
        List<String> lines = site.rows(DUMP);
        if (lines.stream().noneMatch(line -> line.startsWith("column avatars.status"))) {
            throw new IllegalStateException("the dump misses the application's table: " + lines);
        }
        return lines;
    }
}
