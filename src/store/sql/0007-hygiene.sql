-- Ends of batches by themselves (exchange-semantics.md §5 "Batch end-of-life"), and the archive of what was removed.

ALTER TABLE migration_batch
  -- When a person last changed the batch or one of its users; passes do not count. Of older batches: the upgrade.
  ADD COLUMN last_action_at timestamptz NOT NULL DEFAULT now(),
  ADD COLUMN stopped_at timestamptz,
  -- Who asked for what flags says, and why when it was the service.
  ADD COLUMN asked_by text NOT NULL DEFAULT '',
  ADD COLUMN asked_why text NOT NULL DEFAULT '',
  -- The end that was announced, and when it comes: never before.
  ADD COLUMN expiry_action text CHECK (expiry_action IN ('Stop', 'Remove')),
  ADD COLUMN expiry_told timestamptz;

-- Where a waybill lies and whose key sealed it: the file stays when its user and batch are gone.
ALTER TABLE waybill
  ADD COLUMN host text,
  ADD COLUMN path text,
  ADD COLUMN sealed_by text;
UPDATE waybill w SET path = p.waybill, host = split_part(p.worker, ' ', 1)
  FROM migration_pass p JOIN migration_user u ON u.id = p.user_id
  WHERE w.mailbox_id = u.mailbox_id AND right(p.waybill, length(w.name) + 1) = '/' || w.name;

-- A batch comes here in the transaction that deletes it, after its users have. Names as they were.
CREATE TABLE archived_batch (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  name_key text NOT NULL,
  type text NOT NULL,
  -- The endpoint, the database and all that was chosen.
  settings jsonb NOT NULL,
  columns text[] NOT NULL,
  warnings text[] NOT NULL,
  submitted_by text NOT NULL,
  created_at timestamptz NOT NULL,
  started_at timestamptz,
  initial_synced_at timestamptz,
  last_synced_at timestamptz,
  last_action_at timestamptz NOT NULL,
  archived_at timestamptz NOT NULL DEFAULT now(),
  removed_by text NOT NULL,
  reason text NOT NULL,
  -- Users by status; without those that were removed before the batch.
  users jsonb NOT NULL,
  removed_before integer NOT NULL,
  items bigint NOT NULL,
  skipped bigint NOT NULL,
  bytes bigint NOT NULL,
  waybills bigint NOT NULL
);
CREATE INDEX archived_batch_name ON archived_batch (name_key, archived_at DESC);

-- What reports tell of a user. No password, sealed or not.
CREATE TABLE archived_user (
  id uuid PRIMARY KEY,
  batch_id uuid NOT NULL,
  row_number integer NOT NULL,
  address text NOT NULL,
  user_name text NOT NULL,
  cells text[] NOT NULL,
  status text NOT NULL,
  source_items bigint,
  synced_items bigint NOT NULL,
  skipped_items bigint NOT NULL,
  transferred_bytes bigint NOT NULL,
  initial_synced_at timestamptz,
  last_synced_at timestamptz,
  error_code text,
  error_message text,
  error_remedy text,
  -- Of the ledger, which has the waybills.
  mailbox_id uuid,
  waybills integer NOT NULL,
  archived_at timestamptz NOT NULL DEFAULT now(),
  -- By Remove-MigrationUser, while its batch went on.
  removed_alone boolean NOT NULL
);
CREATE INDEX archived_user_batch ON archived_user (batch_id, row_number, id);

-- Whoever deletes users, and wherever a crash comes: a user is in one of the two tables, in one and the same commit.
CREATE FUNCTION archive_users() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO archived_user (id, batch_id, row_number, address, user_name, cells, status, source_items, synced_items,
    skipped_items, transferred_bytes, initial_synced_at, last_synced_at, error_code, error_message, error_remedy,
    mailbox_id, waybills, removed_alone)
  SELECT id, batch_id, row_number, address, user_name, cells,
    -- Removed while at work: as a Stop would have left it (src/store/service/resting.ts).
    CASE WHEN status <> 'Removing' THEN status
      WHEN NOT holds AND error_code IN ('USER_ALREADY_BEING_MIGRATED', 'USER_DUPLICATE_IN_OTHER_BATCH') THEN 'Failed'
      WHEN initial_synced_at IS NULL THEN 'Stopped' ELSE 'IncrementalStopped' END,
    source_items, synced_items, skipped_items, transferred_bytes, initial_synced_at, last_synced_at, error_code,
    error_message, error_remedy, mailbox_id,
    (SELECT count(*) FROM waybill w WHERE w.mailbox_id = gone.mailbox_id),
    EXISTS (SELECT 1 FROM migration_batch b WHERE b.id = gone.batch_id AND b.flags <> 'Remove')
  FROM gone ON CONFLICT (id) DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER archive_users AFTER DELETE ON migration_user REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION archive_users();

-- Users of a batch, there or archived, for its reports; while it is being removed they are in both tables. Who was
-- removed alone is told of once the batch is gone.
CREATE VIEW report_user AS
  SELECT id, batch_id, row_number, address, user_name, cells, status, source_items, synced_items, skipped_items,
    transferred_bytes, last_synced_at, error_code, error_message, error_remedy, mailbox_id,
    NULL::timestamptz AS archived_at, false AS removed_alone FROM migration_user
  UNION ALL
  SELECT id, batch_id, row_number, address, user_name, cells, status, source_items, synced_items, skipped_items,
    transferred_bytes, last_synced_at, error_code, error_message, error_remedy, mailbox_id, archived_at, removed_alone
  FROM archived_user a
  WHERE NOT removed_alone OR EXISTS (SELECT 1 FROM archived_batch b WHERE b.id = a.batch_id);
