-- What the users of batches add up to, by status: lists ask for it again and again, and there may be 500,000 users.
-- Rows are only ever added, so nobody waits for anybody and nothing can deadlock: what counts is their sum, which is exact
-- for every reader, in whatever transaction. Now and then they are folded (src/store/service/fold-totals.ts).
CREATE TABLE user_total (
  batch_id uuid NOT NULL,
  status text NOT NULL,
  users bigint NOT NULL,
  -- Queued without a job and without a StartAfter of their own: the one of their batch says whether they wait.
  free bigint NOT NULL,
  -- Stopped for they go on in another batch.
  moved bigint NOT NULL,
  -- Past their initial sync.
  past bigint NOT NULL,
  items bigint NOT NULL,
  skipped bigint NOT NULL,
  bytes bigint NOT NULL,
  -- Of those that hold their mailbox: how many, those whose source was listed, what it has, how much of it is done.
  holding bigint NOT NULL,
  listed bigint NOT NULL,
  source bigint NOT NULL,
  done bigint NOT NULL
) WITH (autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_scale_factor = 0);
CREATE INDEX user_total_batch ON user_total (batch_id, status);

-- Counted in the commit of the change, whoever makes it. The same figures of what came, of what went, and of both.
DO $once$
DECLARE
  figures text := $$batch_id, status, 1 AS users, (status = 'Queued' AND job_id IS NULL AND start_after IS NULL)::int AS free,
    (NOT holds AND status IN ('Stopped', 'IncrementalStopped'))::int AS moved, (initial_synced_at IS NOT NULL)::int AS past,
    synced_items AS items, skipped_items AS skipped, transferred_bytes AS bytes, holds::int AS holding,
    (holds AND source_items IS NOT NULL)::int AS listed, CASE WHEN holds THEN coalesce(source_items, 0) ELSE 0 END AS source,
    CASE WHEN holds AND source_items IS NOT NULL THEN least(source_items, synced_items + skipped_items) ELSE 0 END AS done$$;
  counted text := $$INSERT INTO user_total
    SELECT * FROM (SELECT batch_id, status, sum(sign * users) AS users, sum(sign * free) AS free, sum(sign * moved) AS moved,
      sum(sign * past) AS past, sum(sign * items) AS items, sum(sign * skipped) AS skipped, sum(sign * bytes) AS bytes,
      sum(sign * holding) AS holding, sum(sign * listed) AS listed, sum(sign * source) AS source, sum(sign * done) AS done
      FROM (%s) AS each GROUP BY batch_id, status) AS t
    WHERE (users, free, moved, past, items, skipped, bytes, holding, listed, source, done) <> (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)$$;
  came text := format('SELECT 1 AS sign, %s FROM came', figures);
  went text := format('SELECT -1 AS sign, %s FROM went', figures);
BEGIN
  EXECUTE format($$
CREATE FUNCTION count_users_that_came() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN %s; RETURN NULL; END'
  $$, replace(format(counted, came), '''', ''''''));
  EXECUTE format($$
CREATE FUNCTION count_users_that_went() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN %s; RETURN NULL; END'
  $$, replace(format(counted, went), '''', ''''''));
  EXECUTE format($$
CREATE FUNCTION count_users_that_changed() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN %s; RETURN NULL; END'
  $$, replace(format(counted, came || ' UNION ALL ' || went), '''', ''''''));
  -- Of the users that are there.
  EXECUTE format(counted, format('SELECT 1 AS sign, %s FROM migration_user', figures));
END $once$;
CREATE TRIGGER count_users_that_came AFTER INSERT ON migration_user REFERENCING NEW TABLE AS came
  FOR EACH STATEMENT EXECUTE FUNCTION count_users_that_came();
CREATE TRIGGER count_users_that_went AFTER DELETE ON migration_user REFERENCING OLD TABLE AS went
  FOR EACH STATEMENT EXECUTE FUNCTION count_users_that_went();
CREATE TRIGGER count_users_that_changed AFTER UPDATE ON migration_user REFERENCING OLD TABLE AS went NEW TABLE AS came
  FOR EACH STATEMENT EXECUTE FUNCTION count_users_that_changed();

-- The latest of a batch, which no sum can tell; the second one sorts lists, too.
CREATE INDEX migration_user_initial ON migration_user (batch_id, initial_synced_at);
CREATE INDEX migration_user_last ON migration_user (batch_id, coalesce(last_synced_at, timestamptz 'epoch'), id);
CREATE INDEX migration_user_since ON migration_user (batch_id, status_since);
-- Those with a StartAfter of their own are few.
CREATE INDEX migration_user_start_after ON migration_user (batch_id)
  WHERE start_after IS NOT NULL AND status = 'Queued' AND job_id IS NULL;
