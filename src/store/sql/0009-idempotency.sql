-- Requests that may come twice (Idempotency-Key): the first answer is kept for 24 hours (src/migration/kept-answers.ts).
CREATE TABLE idempotency_key (
  -- SHA-256 of who asked and the key they sent.
  key bytea PRIMARY KEY,
  -- Of what the request creates: the same when it comes again after a crash.
  object_id uuid NOT NULL,
  -- Who is at it, and until when without a word of theirs.
  claim uuid NOT NULL,
  claimed_until timestamptz NOT NULL,
  is_answered boolean NOT NULL DEFAULT false,
  -- Sealed: the fingerprint of the request, and its answer, for either may hold a password or a token.
  content bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idempotency_key_created ON idempotency_key (created_at);
