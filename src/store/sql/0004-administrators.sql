-- People who run the service.
CREATE TABLE administrator (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  name_key text NOT NULL UNIQUE,
  display_name text NOT NULL,
  mail_address text,
  language text,
  roles text[] NOT NULL CHECK (cardinality(roles) > 0),
  enabled boolean NOT NULL DEFAULT true,
  -- argon2id as a PHC string; null: signs in with OpenID Connect alone.
  password_hash text,
  -- Of a one-time password: until when it lets anybody in.
  password_ends_at timestamptz,
  must_change_password boolean NOT NULL DEFAULT false,
  oidc_subject text UNIQUE,
  last_sign_in_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  modified_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE administrator_session (
  -- SHA-256 of the id in the cookie: 256 random bits need no slow hash.
  hash bytea PRIMARY KEY,
  administrator_id uuid NOT NULL REFERENCES administrator ON DELETE CASCADE,
  created_at timestamptz NOT NULL,
  last_used_at timestamptz NOT NULL,
  -- However much it is used.
  expires_at timestamptz NOT NULL
);
CREATE INDEX administrator_session_of ON administrator_session (administrator_id);

-- With it the first administrator is made; there is one at most.
CREATE TABLE first_password (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  -- SHA-256: it has 128 random bits.
  hash bytea NOT NULL,
  expires_at timestamptz NOT NULL
);

-- Null: the local administrator's.
ALTER TABLE api_token ADD COLUMN owner_id uuid REFERENCES administrator ON DELETE CASCADE;
CREATE INDEX api_token_owner ON api_token (owner_id);
