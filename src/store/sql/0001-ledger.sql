-- The ledger: what was sent where (transfer-engine.md §2). Packed columns are described in
-- src/store/ledger/pack-group.ts and pack-intent.ts. Runs on PostgreSQL 15 to 18.

CREATE TABLE mailbox (
  id uuid PRIMARY KEY,
  -- SHA-256 over the identity and over each of its sides; a later run finds its ledger by the first.
  identity_hash bytea NOT NULL UNIQUE,
  source_hash bytea NOT NULL,
  target_hash bytea NOT NULL,
  source_host text NOT NULL,
  source_port integer NOT NULL,
  source_user text NOT NULL,
  source_root text NOT NULL,
  target_kind text NOT NULL,
  target_place text NOT NULL,
  target_login text NOT NULL,
  -- Rises when the database was restored: folders are then adopted again (§2).
  epoch bigint NOT NULL DEFAULT 1,
  -- Rises with every holder. Writers name it and their own holder id.
  lease_fence bigint NOT NULL DEFAULT 0,
  lease_holder uuid,
  lease_host text,
  lease_pid integer,
  lease_until timestamptz,
  -- End of the last lease whose holder may have left bytes on their way to the target.
  unclean_until timestamptz,
  -- Where the newest `cut_max_items` messages begin, kept from the first pass that had to choose.
  cut_max_items bigint,
  cut_date_s bigint,
  cut_folder text,
  cut_uid bigint,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- Not for looking up: it makes the fence a key column, so that raising it waits for writers, who hold
  -- FOR KEY SHARE, while renewing the lease (FOR NO KEY UPDATE) and writing never wait for each other.
  UNIQUE (id, lease_fence)
);
CREATE INDEX mailbox_source ON mailbox (source_hash);
CREATE INDEX mailbox_target ON mailbox (target_hash);

CREATE TABLE folder (
  ref bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  mailbox_id uuid NOT NULL REFERENCES mailbox ON DELETE CASCADE,
  id text NOT NULL,
  -- JSON text, not json: names may hold U+0000, which no PostgreSQL text can, and are compared as a whole.
  source_path text NOT NULL,
  target_path text NOT NULL,
  source_validity bigint NOT NULL,
  target_validity bigint,
  target_uid_next bigint NOT NULL,
  mark_uid_next bigint,
  mark_messages bigint,
  -- 64 bits without sign on servers that do not keep to RFC 7162's 63.
  mark_modseq numeric(20),
  again bytea NOT NULL,
  rewriting text NOT NULL,
  -- Epoch in which the target folder was adopted; another epoch means: not yet in this one.
  adopted_epoch bigint,
  UNIQUE (mailbox_id, id)
);

-- Open intents only; closing deletes. At most lanes × depth rows per mailbox.
CREATE TABLE intent (
  mailbox_id uuid NOT NULL REFERENCES mailbox ON DELETE CASCADE,
  id text NOT NULL,
  folder_ref bigint NOT NULL REFERENCES folder ON DELETE CASCADE,
  target_validity bigint NOT NULL,
  probe_from bigint NOT NULL,
  packed bytea NOT NULL,
  lease_fence bigint NOT NULL,
  epoch bigint NOT NULL,
  opened_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (mailbox_id, id)
);

CREATE TABLE message_group (
  -- Follows from the intent and the part, so that a repeated commit meets itself.
  id uuid PRIMARY KEY,
  -- Rises in the order of commits within a mailbox, for there is one writer: what a waybill was sealed up to.
  seq bigint GENERATED ALWAYS AS IDENTITY,
  folder_ref bigint NOT NULL REFERENCES folder ON DELETE CASCADE,
  min_uid bigint NOT NULL,
  max_uid bigint NOT NULL,
  -- Highest numeric target key; null when there is none.
  max_key bigint,
  lease_fence bigint NOT NULL,
  epoch bigint NOT NULL,
  landed_at timestamptz NOT NULL DEFAULT now(),
  n integer NOT NULL,
  has_names boolean NOT NULL,
  uids bytea NOT NULL,
  keys bytea NOT NULL,
  sizes bytea NOT NULL,
  dates bytea NOT NULL,
  flags bytea NOT NULL,
  keywords bytea,
  lost bytea,
  origins bytea NOT NULL,
  -- First 16 bytes of each SHA-256.
  digests bytea NOT NULL,
  -- The other 16, null once a waybill holds them.
  digest_tails bytea,
  UNIQUE (folder_ref, min_uid)
);
CREATE INDEX message_group_span ON message_group (folder_ref, max_uid, min_uid);
-- Digests do not compress; trying costs more than it could save.
ALTER TABLE message_group ALTER digests SET STORAGE EXTERNAL, ALTER digest_tails SET STORAGE EXTERNAL;
ALTER TABLE intent ALTER packed SET STORAGE EXTERNAL;

-- Lists of words that messages have in common (keywords, flags that were lost), once each.
CREATE TABLE keyword_set (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  hash bytea NOT NULL UNIQUE,
  words text NOT NULL
);

CREATE TABLE skipped (
  folder_ref bigint NOT NULL REFERENCES folder ON DELETE CASCADE,
  uid bigint NOT NULL,
  kind text NOT NULL,
  bytes bigint NOT NULL,
  date_s bigint,
  subject text NOT NULL,
  reason text NOT NULL,
  again boolean NOT NULL,
  PRIMARY KEY (folder_ref, uid)
);

-- Messages that were in doubt and sent once more (§3.8), until they were audited twice.
CREATE TABLE resent (
  folder_ref bigint NOT NULL REFERENCES folder ON DELETE CASCADE,
  uid bigint NOT NULL,
  packed bytea NOT NULL,
  audits integer NOT NULL DEFAULT 0,
  -- The audit that counted last: counting it again after a lost answer changes nothing.
  audit_id uuid,
  PRIMARY KEY (folder_ref, uid)
);

CREATE TABLE waybill (
  mailbox_id uuid NOT NULL REFERENCES mailbox ON DELETE CASCADE,
  number integer NOT NULL,
  name text NOT NULL,
  sha256 bytea NOT NULL,
  -- Hash of the last line of the chain, which the next file names.
  last_line bytea NOT NULL,
  sealed_seq bigint NOT NULL,
  sealed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (mailbox_id, number),
  UNIQUE (mailbox_id, name)
);
