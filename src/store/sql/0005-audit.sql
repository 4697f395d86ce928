-- Who did what to which object, before and after. A row is written before the act and ended after it; it tells of names as
-- they were, for it outlives what it tells of. Rows go only by age (src/jobs/prune.ts).
CREATE TABLE admin_audit (
  n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id uuid NOT NULL UNIQUE,
  -- Milliseconds: a cursor that went through JavaScript names the same row.
  at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  caller text NOT NULL,
  caller_key text NOT NULL,
  via text NOT NULL CHECK (via IN ('Socket', 'Token', 'Session', 'Service')),
  client_address text,
  cmdlet text NOT NULL,
  cmdlet_key text NOT NULL,
  -- Empty where there is none.
  object text NOT NULL,
  object_key text NOT NULL,
  object_guid uuid,
  -- [{name, value}]
  parameters jsonb NOT NULL DEFAULT '[]',
  -- [{name, oldValue, newValue}]
  modified jsonb NOT NULL DEFAULT '[]',
  -- Started: not ended yet, or never heard of again.
  result text NOT NULL DEFAULT 'Started' CHECK (result IN ('Started', 'Succeeded', 'Failed')),
  error_code text,
  error text,
  ended_at timestamptz(3)
);
CREATE INDEX admin_audit_at ON admin_audit (at, n);
CREATE INDEX admin_audit_caller ON admin_audit (caller_key, at, n);
CREATE INDEX admin_audit_cmdlet ON admin_audit (cmdlet_key, at, n);
CREATE INDEX admin_audit_object ON admin_audit (object_key, at, n);
CREATE INDEX admin_audit_guid ON admin_audit (object_guid, at, n) WHERE object_guid IS NOT NULL;
-- What did not succeed is rare.
CREATE INDEX admin_audit_failed ON admin_audit (at, n) WHERE result <> 'Succeeded';

-- A fence against our own mistakes: what is ended is not written again, who and what never change, and nothing of the
-- last day goes. (Whoever owns the database can take the fence away.)
CREATE FUNCTION admin_audit_fence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.at > now() - interval '23 hours' THEN RAISE EXCEPTION 'the audit log is kept'; END IF;
    RETURN OLD;
  END IF;
  IF OLD.result <> 'Started' OR (NEW.n, NEW.id, NEW.at, NEW.caller, NEW.caller_key, NEW.via, NEW.cmdlet, NEW.cmdlet_key)
      IS DISTINCT FROM (OLD.n, OLD.id, OLD.at, OLD.caller, OLD.caller_key, OLD.via, OLD.cmdlet, OLD.cmdlet_key)
      OR NEW.client_address IS DISTINCT FROM OLD.client_address THEN
    RAISE EXCEPTION 'the audit log is not changed';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER admin_audit_fence BEFORE UPDATE OR DELETE ON admin_audit
  FOR EACH ROW EXECUTE FUNCTION admin_audit_fence();
