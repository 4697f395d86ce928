-- The migration service: databases, endpoints, batches, users, slots, workers, events (exchange-semantics.md §1).
-- Names are unique without regard to case: *_key holds them in lower case.

CREATE TABLE mailbox_database (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  name_key text NOT NULL UNIQUE,
  kind text NOT NULL CHECK (kind IN ('Imap', 'Maildir')),
  path text,
  server text,
  port integer,
  security text,
  accept_untrusted boolean NOT NULL DEFAULT false,
  allow_clear_text boolean NOT NULL DEFAULT false,
  login_template text,
  admin_user text,
  -- Sealed (src/store/secrets.ts), as every column called password.
  admin_password bytea,
  is_default boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  modified_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX mailbox_database_default ON mailbox_database (is_default) WHERE is_default;

CREATE TABLE migration_endpoint (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  name_key text NOT NULL UNIQUE,
  type text NOT NULL,
  remote_server text NOT NULL,
  port integer NOT NULL,
  security text NOT NULL,
  authentication text NOT NULL,
  accept_untrusted boolean NOT NULL,
  allow_clear_text boolean NOT NULL,
  max_migrations integer NOT NULL,
  max_incremental integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  modified_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE migration_batch (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  name_key text NOT NULL UNIQUE,
  type text NOT NULL,
  endpoint_id uuid NOT NULL REFERENCES migration_endpoint,
  database_id uuid NOT NULL REFERENCES mailbox_database,
  -- What an administrator asked and the service has not finished: None, Start, Stop, Remove.
  flags text NOT NULL DEFAULT 'None',
  -- Between Start and Stop: its users may be given slots.
  running boolean NOT NULL DEFAULT false,
  was_started boolean NOT NULL DEFAULT false,
  is_corrupted boolean NOT NULL DEFAULT false,
  -- ExcludeFolders and the like, as contract/batch.ts has them.
  choices jsonb NOT NULL,
  start_after timestamptz,
  -- Higher goes first; 0 for all that nobody preferred.
  priority bigint NOT NULL DEFAULT 0,
  -- Header of the CSV file, for the errors CSV and for rows that are added.
  columns text[] NOT NULL,
  warnings text[] NOT NULL DEFAULT '{}',
  message text NOT NULL DEFAULT '',
  submitted_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz
);
CREATE INDEX migration_batch_endpoint ON migration_batch (endpoint_id);
CREATE INDEX migration_batch_database ON migration_batch (database_id);

CREATE TABLE migration_user (
  id uuid PRIMARY KEY,
  batch_id uuid NOT NULL REFERENCES migration_batch ON DELETE CASCADE,
  row_number integer NOT NULL,
  address text NOT NULL,
  address_key text NOT NULL,
  user_name text NOT NULL,
  user_root text,
  password bytea,
  database_id uuid NOT NULL REFERENCES mailbox_database,
  target_user_name text,
  target_password bytea,
  -- The row as written, without its secrets.
  cells text[] NOT NULL,
  -- One address, one source mailbox, one target mailbox: one user that may run (transfer-engine.md §2). The keys are
  -- hashes over endpoint or database and log-in.
  holds boolean NOT NULL,
  source_key bytea NOT NULL,
  target_key bytea NOT NULL,
  status text NOT NULL,
  status_since timestamptz NOT NULL DEFAULT now(),
  stage text NOT NULL DEFAULT 'Validation',
  start_after timestamptz,
  -- Not before this is it given a slot.
  next_at timestamptz NOT NULL DEFAULT now(),
  -- The job that has a slot for it.
  job_id uuid,
  -- How often that job was given out when its pass began: an older one begins nothing.
  job_attempt integer NOT NULL DEFAULT 0,
  -- Of the process that runs the pass; whoever has another one records nothing.
  pass_token uuid,
  -- Settings have changed: the pass that runs ends where it is and begins anew.
  restart boolean NOT NULL DEFAULT false,
  -- Passing faults in a row, without a landed message between.
  transient_failures integer NOT NULL DEFAULT 0,
  initial_synced_at timestamptz,
  last_synced_at timestamptz,
  last_check_at timestamptz,
  source_items bigint,
  synced_items bigint NOT NULL DEFAULT 0,
  transferred_items bigint NOT NULL DEFAULT 0,
  skipped_items bigint NOT NULL DEFAULT 0,
  synced_folders integer NOT NULL DEFAULT 0,
  transferred_bytes bigint NOT NULL DEFAULT 0,
  transfer_ms bigint NOT NULL DEFAULT 0,
  error_code text,
  error_message text,
  error_remedy text,
  -- Of the ledger.
  mailbox_id uuid,
  queued_ms bigint NOT NULL DEFAULT 0,
  in_progress_ms bigint NOT NULL DEFAULT 0,
  synced_ms bigint NOT NULL DEFAULT 0,
  stalled_ms bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (batch_id, address_key)
);
CREATE UNIQUE INDEX migration_user_address ON migration_user (address_key) WHERE holds;
CREATE UNIQUE INDEX migration_user_source ON migration_user (source_key) WHERE holds;
CREATE UNIQUE INDEX migration_user_target ON migration_user (target_key) WHERE holds;
CREATE INDEX migration_user_status ON migration_user (batch_id, status, next_at, row_number);
-- Lists by address, a page at a time.
CREATE INDEX migration_user_page ON migration_user (batch_id, address_key COLLATE "C", id);
CREATE INDEX migration_user_any_address ON migration_user (address_key, batch_id);
CREATE INDEX migration_user_job ON migration_user (job_id) WHERE job_id IS NOT NULL;
CREATE INDEX migration_user_database ON migration_user (database_id);
CREATE INDEX migration_user_pass ON migration_user (pass_token) WHERE pass_token IS NOT NULL;
-- Nobody is at work on them and nobody will be: a crash left them so (src/jobs/sweep.ts).
CREATE INDEX migration_user_left ON migration_user (status_since)
  WHERE job_id IS NULL AND status IN ('Starting', 'Syncing', 'IncrementalSyncing', 'Stopping', 'Removing');

-- How long a user was queued, at work, synced, stalled: counted where the status changes, whoever changes it.
CREATE FUNCTION migration_user_durations() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  ms bigint := greatest(0, (extract(epoch FROM clock_timestamp() - OLD.status_since) * 1000)::bigint);
BEGIN
  IF NEW.status = OLD.status THEN RETURN NEW; END IF;
  IF OLD.status IN ('Validating', 'Queued', 'Starting') THEN
    IF OLD.error_code IS NULL THEN NEW.queued_ms := OLD.queued_ms + ms; ELSE NEW.stalled_ms := OLD.stalled_ms + ms; END IF;
  ELSIF OLD.status IN ('Provisioning', 'ProvisionUpdating', 'Syncing', 'IncrementalSyncing', 'Completing', 'Stopping') THEN
    NEW.in_progress_ms := OLD.in_progress_ms + ms;
  ELSIF OLD.status IN ('Synced', 'IncrementalSynced', 'CompletionSynced') THEN
    NEW.synced_ms := OLD.synced_ms + ms;
  END IF;
  NEW.status_since := clock_timestamp();
  RETURN NEW;
END $$;
CREATE TRIGGER migration_user_durations BEFORE UPDATE OF status ON migration_user
  FOR EACH ROW EXECUTE FUNCTION migration_user_durations();

-- What runs: a bucket of an endpoint has the slots 1 to its limit, and a slot one job. The key is what makes the limit
-- hold; dispatch only decides who gets one.
CREATE TABLE slot (
  endpoint_id uuid NOT NULL REFERENCES migration_endpoint ON DELETE CASCADE,
  bucket text NOT NULL CHECK (bucket IN ('initial', 'incremental')),
  n integer NOT NULL,
  job_id uuid NOT NULL UNIQUE,
  user_id uuid NOT NULL,
  batch_id uuid NOT NULL,
  taken_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (endpoint_id, bucket, n)
);

CREATE TABLE migration_pass (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES migration_user ON DELETE CASCADE,
  kind text NOT NULL,
  worker text NOT NULL,
  started_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz,
  result text NOT NULL,
  items bigint NOT NULL DEFAULT 0,
  bytes bigint NOT NULL DEFAULT 0,
  message text NOT NULL DEFAULT '',
  notes text[] NOT NULL DEFAULT '{}',
  waybill text
);
CREATE INDEX migration_pass_user ON migration_pass (user_id, started_at);
CREATE INDEX migration_pass_running ON migration_pass (worker) WHERE result = 'Running';
CREATE INDEX migration_pass_ended ON migration_pass (ended_at);

CREATE TABLE worker (
  id uuid PRIMARY KEY,
  -- host and pid
  name text NOT NULL,
  capacity integer NOT NULL,
  started_at timestamptz NOT NULL DEFAULT now(),
  heartbeat_at timestamptz NOT NULL DEFAULT now()
);

-- Uploaded CSV files, sealed, until a batch takes them or an hour is over.
CREATE TABLE csv_file (
  id uuid PRIMARY KEY,
  content bytea NOT NULL,
  allow_unknown_columns boolean NOT NULL,
  expires_at timestamptz NOT NULL
);

CREATE TABLE api_token (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  name_key text NOT NULL UNIQUE,
  -- SHA-256 of the token: 256 random bits need no slow hash.
  hash bytea NOT NULL UNIQUE,
  scopes text[] NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL,
  expires_at timestamptz NOT NULL,
  last_used_at timestamptz
);

CREATE TABLE setting (
  name text PRIMARY KEY,
  value jsonb NOT NULL
);

-- Names as they were: the log outlives what it tells of.
CREATE TABLE event (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- Readers take only what no open transaction can still precede: ids are given out before they are committed.
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  kind text NOT NULL,
  batch_id uuid,
  batch text,
  user_id uuid,
  address text,
  endpoint text,
  worker text,
  facts jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX event_batch ON event (batch_id, id);
CREATE INDEX event_at ON event USING brin (at);
