-- Writes the row of a training that was just submitted to fal, and returns the id of its avatar. The program psql fills in the values:
--
--   psql -v name=Ada -v training_type=PORTRAIT -v request_id=0b9c7d2e-5a4f-4b6c-8f1d-2e3a4b5c6d7e -f start_training.sql
--
-- From here on avatar-monitor does the rest: it polls fal and writes the model or the error to this row.
INSERT INTO avatars (id, name, training_type, status, fal_request_id, training_started_at)
VALUES (gen_random_uuid(), :'name', :'training_type', 'TRAINING', :'request_id', now())
RETURNING id;
