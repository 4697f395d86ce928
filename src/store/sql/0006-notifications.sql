-- Reports by mail and the notification hook (docs/notifications.md): settings, when a batch tells of itself, the outbox.

-- One row, there from the start.
CREATE TABLE notification_setting (
  id text PRIMARY KEY CHECK (id = 'notifications'),
  -- Null: no mail is sent.
  smtp_server text,
  port integer,
  security text NOT NULL DEFAULT 'Tls' CHECK (security IN ('None', 'Ssl', 'Tls')),
  user_name text,
  -- Sealed, as hook_secret.
  password bytea,
  from_address text,
  from_name text NOT NULL DEFAULT 'Waybill',
  language text NOT NULL DEFAULT 'en' CHECK (language IN ('en', 'fr')),
  accept_untrusted boolean NOT NULL DEFAULT false,
  allow_clear_text boolean NOT NULL DEFAULT false,
  -- Null: no hook is called.
  hook_url text,
  hook_secret bytea,
  hook_events text[] NOT NULL DEFAULT '{Started,Progress,Finished,Stopped}',
  modified_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO notification_setting (id) VALUES ('notifications');

ALTER TABLE migration_batch
  -- Starts that were carried out; the start and the end of each are told once.
  ADD starts integer NOT NULL DEFAULT 0,
  ADD told_start integer NOT NULL DEFAULT 0,
  ADD told_end integer NOT NULL DEFAULT 0,
  ADD last_started_at timestamptz,
  -- Of the last start: the start itself, or the report after it.
  ADD last_report_at timestamptz,
  ADD reports integer NOT NULL DEFAULT 0,
  -- What its users had transferred by then, for the rate.
  ADD start_items bigint NOT NULL DEFAULT 0,
  ADD start_bytes bigint NOT NULL DEFAULT 0;

-- What is told, as it was then. It outlives its batch, whose last mail goes out all the same.
CREATE TABLE notification (
  id uuid PRIMARY KEY,
  batch_id uuid NOT NULL,
  batch text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('Started', 'Progress', 'Finished', 'Stopped')),
  -- Number of the start, and of the report within it.
  occasion text NOT NULL,
  facts jsonb NOT NULL,
  -- Header and rows of the errors CSV, without secrets; null when there are none, too many, or nobody waits for them.
  errors jsonb,
  -- By the clock, as next_at below: what one transaction tells is sent in the order in which it tells it.
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (batch_id, kind, occasion)
);
CREATE INDEX notification_created ON notification (created_at, id);

-- The outbox: each recipient by itself, so that a refused one holds up no other.
CREATE TABLE notification_delivery (
  id uuid PRIMARY KEY,
  notification_id uuid NOT NULL REFERENCES notification ON DELETE CASCADE,
  channel text NOT NULL CHECK (channel IN ('Mail', 'Hook')),
  -- An address, or the origin of the hook's URL: the rest of it may be a secret.
  recipient text NOT NULL,
  state text NOT NULL DEFAULT 'Waiting' CHECK (state IN ('Waiting', 'Sent', 'Failed')),
  attempts integer NOT NULL DEFAULT 0,
  next_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- Of the process that is sending it; void after claim_until.
  claim uuid,
  claim_until timestamptz,
  -- The first attempt: it is given up so many days later.
  tried_since timestamptz,
  -- Why it was not delivered, with the server's own words.
  code text,
  said text NOT NULL DEFAULT '',
  settled_at timestamptz,
  UNIQUE (notification_id, channel, recipient)
);
CREATE INDEX notification_delivery_due ON notification_delivery (channel, next_at) WHERE state = 'Waiting';
