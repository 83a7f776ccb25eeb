package avatarmonitor.testing;

/**
 * The table of avatars of the application that avatar-monitor was written for, in both shapes that it has had.
 * PostgreSQL only.
 */
public final class SeedTables {
    /** With enums in lower case, JSON, foreign keys, a trigger, a view, and the user that avatars refer to. */
    public static final String WITH_ENUMS = """
            CREATE TYPE avatarstatus AS ENUM
              ('draft', 'photos_uploading', 'ready_for_training', 'training', 'completed', 'error', 'cancelled');
            CREATE TYPE avatartrainingtype AS ENUM ('portrait', 'style');
            CREATE TABLE users (id uuid PRIMARY KEY, telegram_id bigint UNIQUE NOT NULL);
            CREATE TABLE avatars (
              id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
              user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
              name varchar(100),
              training_type avatartrainingtype NOT NULL DEFAULT 'portrait',
              status avatarstatus NOT NULL DEFAULT 'draft',
              fal_request_id varchar(255) UNIQUE,
              finetune_id varchar(255),
              diffusers_lora_file_url varchar(500),
              config_file_url varchar(500),
              training_progress int NOT NULL DEFAULT 0 CHECK (training_progress BETWEEN 0 AND 100),
              training_started_at timestamptz,
              training_completed_at timestamptz,
              last_status_check timestamptz,
              training_error text,
              training_config json NOT NULL DEFAULT '{}',
              fal_response_data json NOT NULL DEFAULT '{}',
              avatar_data jsonb NOT NULL DEFAULT '{}',
              created_at timestamptz NOT NULL DEFAULT now(),
              updated_at timestamptz NOT NULL DEFAULT now());
            CREATE INDEX ix_avatars_status ON avatars (status) WHERE status = 'training';
            CREATE TABLE avatar_photos (
              id bigserial PRIMARY KEY,
              avatar_id uuid NOT NULL REFERENCES avatars (id) ON DELETE CASCADE);
            CREATE VIEW user_avatars AS SELECT u.telegram_id, a.status FROM users u JOIN avatars a ON a.user_id = u.id;
            CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS
              $$ BEGIN NEW.updated_at := now(); RETURN NEW; END $$;
            CREATE TRIGGER avatars_touch BEFORE UPDATE ON avatars FOR EACH ROW EXECUTE FUNCTION touch();
            INSERT INTO users VALUES ('99999999-2222-3333-4444-555555555555', 7);
            """;

    /** With status values in upper case and without optional columns. */
    public static final String IN_UPPER_CASE = """
            CREATE TABLE avatars (
              id uuid PRIMARY KEY,
              training_type varchar(8) CHECK (training_type IN ('PORTRAIT', 'STYLE')),
              status varchar(18) NOT NULL,
              fal_request_id varchar(255),
              training_started_at timestamp)
            """;

    private SeedTables() {}
}
