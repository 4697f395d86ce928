-- The end of a batch that nobody changes is told, too (0007-hygiene.sql); to the hook where its settings name it.
ALTER TABLE notification DROP CONSTRAINT notification_kind_check;
ALTER TABLE notification ADD CONSTRAINT notification_kind_check
  CHECK (kind IN ('Started', 'Progress', 'Finished', 'Stopped', 'Expiring'));
