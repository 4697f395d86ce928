-- From where an administrator has signed in: wrong passwords from elsewhere do not make them wait there.
CREATE TABLE known_network (
  -- SHA-256 of the administrator's id and the network.
  hash bytea PRIMARY KEY,
  administrator_id uuid NOT NULL REFERENCES administrator ON DELETE CASCADE,
  last_used_at timestamptz NOT NULL
);
CREATE INDEX known_network_of ON known_network (administrator_id, last_used_at);

ALTER TABLE openid_pending
  -- SHA-256 of the session that the browser had when it set out: the cookie does not come along on the way back.
  ADD COLUMN session_hash bytea;
