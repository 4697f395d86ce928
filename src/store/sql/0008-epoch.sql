-- Epochs of the ledger (transfer-engine.md §2): one begins whenever this database may be older than the targets, for it
-- was restored or failed over. Mailboxes that are new begin in the newest one: what is in their target may be ours, too.
CREATE TABLE ledger_epoch (
  number bigint PRIMARY KEY,
  began_at timestamptz NOT NULL DEFAULT now(),
  -- Restore, or Hand: an administrator said so.
  reason text NOT NULL CHECK (reason IN ('Restore', 'Hand')),
  -- When the backup that was restored was made, where, and by which version.
  facts jsonb NOT NULL DEFAULT '{}'
);
