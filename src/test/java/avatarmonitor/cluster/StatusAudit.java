package avatarmonitor.cluster;

import avatarmonitor.store.Database;
import avatarmonitor.testing.Sql;

/**
 * Trigger that records every write to an avatar with a final status and its writer: the one that ended it, and each
 * late one that should have changed nothing.
 */
final class StatusAudit {
    private StatusAudit() {}

    static void install(Database database) {
        Sql.run(database, """
                CREATE TABLE avatar_audit
                (
                  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                  at         timestamptz NOT NULL DEFAULT clock_timestamp(),
                  avatar_id  uuid NOT NULL,
                  old_status text NOT NULL,
                  new_status text NOT NULL,
                  worker     text NOT NULL DEFAULT current_setting('application_name')
                )""", """
                CREATE FUNCTION avatar_audit_write() RETURNS trigger LANGUAGE plpgsql AS $body$
                BEGIN
                  INSERT INTO avatar_audit (avatar_id, old_status, new_status) VALUES (NEW.id, OLD.status, NEW.status);
                  RETURN NULL;
                END
                $body$""", """
                CREATE TRIGGER avatar_audit AFTER UPDATE ON avatars FOR EACH ROW
                WHEN (upper(NEW.status) <> 'TRAINING') EXECUTE FUNCTION avatar_audit_write()""");
    }

    /** Records events about ends, too, because retention deletes them in a long run. */
    static void installEvents(Database database) {
        Sql.run(
                database,
                "CREATE INDEX avatar_audit_avatar ON avatar_audit (avatar_id)",
                """
                CREATE TABLE soak_told
                (
                  at        timestamptz NOT NULL DEFAULT clock_timestamp(),
                  avatar_id uuid NOT NULL,
                  type      text NOT NULL
                )""",
                "CREATE INDEX soak_told_avatar ON soak_told (avatar_id)",
                """
                CREATE FUNCTION soak_told_event() RETURNS trigger LANGUAGE plpgsql AS $body$
                BEGIN
                  INSERT INTO soak_told (avatar_id, type) VALUES (NEW.avatar_id, NEW.type);
                  RETURN NULL;
                END
                $body$""",
                """
                CREATE TRIGGER soak_told AFTER INSERT ON avatar_event FOR EACH ROW
                WHEN (NEW.avatar_id IS NOT NULL AND NEW.type IN ('completed', 'failed', 'cancelled'))
                EXECUTE FUNCTION soak_told_event()""");
    }
}
