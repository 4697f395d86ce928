-- What was carried and when, for charts, rates and forecasts. A period is a minute long at first; older ones are merged
-- into longer ones (src/store/service/throughput.ts).
CREATE TABLE throughput (
  -- Where the period begins, in UTC a multiple of its length.
  at timestamptz NOT NULL,
  seconds integer NOT NULL,
  -- As it is named in migration_batch and, later, in archived_batch.
  batch_id uuid NOT NULL,
  -- By name: it outlives the endpoint.
  endpoint text NOT NULL,
  kind text NOT NULL,
  -- So that passes that end at once do not wait for each other; their sum counts.
  shard smallint NOT NULL,
  items bigint NOT NULL,
  bytes bigint NOT NULL,
  PRIMARY KEY (at, seconds, batch_id, endpoint, kind, shard)
);
CREATE INDEX throughput_batch ON throughput (batch_id, at);

-- Counted where a pass tells how far it is, whoever writes that: what the row tells now less what it told before, in the
-- same commit. What a lost worker had not told yet is in no period; nothing is in two.
CREATE FUNCTION count_throughput() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO throughput AS t (at, seconds, batch_id, endpoint, kind, shard, items, bytes)
  SELECT date_bin('1 minute', now(), 'epoch'), 60, b.id, e.name, n.kind, pg_backend_pid() % 16,
    sum(greatest(0, n.items - o.items)), sum(greatest(0, n.bytes - o.bytes))
  FROM new_passes n JOIN old_passes o ON o.id = n.id JOIN migration_user u ON u.id = n.user_id
    JOIN migration_batch b ON b.id = u.batch_id JOIN migration_endpoint e ON e.id = b.endpoint_id
  WHERE n.items > o.items OR n.bytes > o.bytes
  -- In one order, so that two that tell of the same batches do not wait for each other in turn.
  GROUP BY b.id, e.name, n.kind ORDER BY b.id, n.kind
  ON CONFLICT (at, seconds, batch_id, endpoint, kind, shard) DO UPDATE
    SET items = t.items + excluded.items, bytes = t.bytes + excluded.bytes;
  RETURN NULL;
END $$;
CREATE TRIGGER count_throughput AFTER UPDATE ON migration_pass REFERENCING OLD TABLE AS old_passes NEW TABLE AS new_passes
  FOR EACH STATEMENT EXECUTE FUNCTION count_throughput();

-- Failures by cause, over all batches.
CREATE INDEX migration_user_error ON migration_user (error_code, batch_id) WHERE error_code IS NOT NULL;
