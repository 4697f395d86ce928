-- OpenID Connect: the provider, sign-ins that are under way there, and who came from it.
CREATE TABLE openid_setting (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  enabled boolean NOT NULL,
  display_name text NOT NULL,
  -- Empty: none yet.
  issuer text NOT NULL,
  client_id text NOT NULL,
  -- Issuer and client id, once more: what the secret is sealed for. With another issuer written here it does not open.
  sealed_for text NOT NULL,
  client_secret bytea,
  scopes text[] NOT NULL,
  -- Null: preferred_username, else a verified email, else sub.
  user_name_claim text,
  roles_claim text NOT NULL,
  role_mapping jsonb NOT NULL,
  modified_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE openid_pending (
  -- SHA-256 of the id in the browser's cookie, from which state, nonce and code verifier are derived: none is here.
  hash bytea PRIMARY KEY,
  issuer text NOT NULL,
  client_id text NOT NULL,
  return_to text NOT NULL,
  -- Of the caller: each has a bounded number.
  network text NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX openid_pending_network ON openid_pending (network, expires_at);
CREATE INDEX openid_pending_expiry ON openid_pending (expires_at);

ALTER TABLE administrator
  -- OpenIdConnect: made by the first sign-in, roles follow from the provider's claims at each.
  ADD COLUMN source text NOT NULL DEFAULT 'Local' CHECK (source IN ('Local', 'OpenIdConnect')),
  -- Null with a subject: named by hand; the first sign-in binds it.
  ADD COLUMN oidc_issuer text,
  DROP CONSTRAINT administrator_roles_check,
  ADD CONSTRAINT administrator_roles_check CHECK (cardinality(roles) > 0 OR source = 'OpenIdConnect'),
  DROP CONSTRAINT administrator_oidc_subject_key;
CREATE UNIQUE INDEX administrator_subject ON administrator (oidc_subject, coalesce(oidc_issuer, ''));

ALTER TABLE administrator_session
  -- Where the provider ends its own session; null: nowhere.
  ADD COLUMN sign_out_url text;
