-- What operators look at: where workers connect from, and counters that no pruning and no removal makes smaller.

ALTER TABLE worker
  ADD COLUMN host text NOT NULL DEFAULT '',
  ADD COLUMN version text NOT NULL DEFAULT '',
  -- Of the host, or as its settings say where NAT makes them others.
  ADD COLUMN addresses text[] NOT NULL DEFAULT '{}',
  -- Local ends of connections to mail servers, the latest first.
  ADD COLUMN used_addresses text[] NOT NULL DEFAULT '{}';

-- Of passes that are over. Shards, so that passes that end at once do not wait for each other; their sum counts.
CREATE TABLE pass_total (
  kind text NOT NULL,
  result text NOT NULL,
  shard smallint NOT NULL,
  passes bigint NOT NULL DEFAULT 0,
  items bigint NOT NULL DEFAULT 0,
  bytes bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (kind, result, shard)
);
INSERT INTO pass_total (kind, result, shard, passes, items, bytes)
  SELECT kind, result, 0, count(*), sum(items), sum(bytes) FROM migration_pass WHERE result <> 'Running' GROUP BY 1, 2;

-- Passes that ended with a fault, by its code.
CREATE TABLE fault_total (
  code text NOT NULL,
  shard smallint NOT NULL,
  passes bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (code, shard)
);

-- Counted where a pass ends, whoever ends it: also the pass of a lost worker, and that of a user who is removed.
CREATE FUNCTION count_pass() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO pass_total AS t (kind, result, shard, passes, items, bytes) VALUES (
    OLD.kind, CASE WHEN TG_OP = 'DELETE' THEN 'Interrupted' ELSE NEW.result END, pg_backend_pid() % 16, 1,
    greatest(OLD.items, CASE WHEN TG_OP = 'DELETE' THEN 0 ELSE NEW.items END),
    greatest(OLD.bytes, CASE WHEN TG_OP = 'DELETE' THEN 0 ELSE NEW.bytes END))
  ON CONFLICT (kind, result, shard) DO UPDATE SET passes = t.passes + 1, items = t.items + excluded.items,
    bytes = t.bytes + excluded.bytes;
  RETURN NULL;
END $$;
CREATE TRIGGER count_pass_ended AFTER UPDATE OF result ON migration_pass
  FOR EACH ROW WHEN (OLD.result = 'Running' AND NEW.result <> 'Running') EXECUTE FUNCTION count_pass();
CREATE TRIGGER count_pass_removed AFTER DELETE ON migration_pass
  FOR EACH ROW WHEN (OLD.result = 'Running') EXECUTE FUNCTION count_pass();

CREATE FUNCTION count_fault() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO fault_total AS t (code, shard, passes) VALUES (NEW.facts->>'code', pg_backend_pid() % 16, 1)
  ON CONFLICT (code, shard) DO UPDATE SET passes = t.passes + 1;
  RETURN NULL;
END $$;
CREATE TRIGGER count_fault AFTER INSERT ON event
  FOR EACH ROW WHEN (NEW.kind = 'pass.ended' AND NEW.facts->>'code' IS NOT NULL) EXECUTE FUNCTION count_fault();
