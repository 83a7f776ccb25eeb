-- When fal is asked about the training again at the latest, where that is later than at the next fire of its trigger; NULL otherwise.
ALTER TABLE avatar_monitoring ADD COLUMN next_request_by timestamp with time zone;
