-- The trigger function of migrate --with-notify: notifies workers of a training that begins. The trigger has no column list and no condition,
-- so that the application can alter and drop its columns; all is decided here. Whatever goes wrong here must not fail the statement of the
-- application: the next scan finds the training without it. A full notification queue would fail its COMMIT, where nothing can be caught.
--
-- The status is compared by ASCII letters alone, whatever the collation of the column.
CREATE OR REPLACE FUNCTION avatar_monitor_notify_training()
  RETURNS trigger
  LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
  before jsonb;
  after jsonb;
BEGIN
  BEGIN
    IF upper(NEW.status::text COLLATE "C") = 'TRAINING'
       AND NEW.fal_request_id IS NOT NULL
       AND (TG_OP = 'INSERT'
            OR upper(OLD.status::text COLLATE "C") IS DISTINCT FROM 'TRAINING'
            OR OLD.fal_request_id::text COLLATE "C" IS DISTINCT FROM NEW.fal_request_id::text COLLATE "C")
       AND pg_notification_queue_usage() < 0.5
    THEN
      PERFORM pg_notify('avatar_training', NEW.id::text);
    END IF;
  EXCEPTION WHEN OTHERS THEN
    -- A session that called this before the type of a column changed keeps the old type in its plan.
    BEGIN
      after := to_jsonb(NEW);
      before := CASE TG_OP WHEN 'UPDATE' THEN to_jsonb(OLD) END;
      IF upper(rtrim(after->>'status') COLLATE "C") = 'TRAINING'
         AND after->>'fal_request_id' IS NOT NULL
         AND (before IS NULL
              OR upper(rtrim(before->>'status') COLLATE "C") IS DISTINCT FROM 'TRAINING'
              OR before->>'fal_request_id' IS DISTINCT FROM after->>'fal_request_id')
         AND pg_notification_queue_usage() < 0.5
      THEN
        PERFORM pg_notify('avatar_training', after->>'id');
      END IF;
    EXCEPTION WHEN OTHERS THEN
      NULL;
    END;
  END;
  RETURN NULL;
END
$body$;
