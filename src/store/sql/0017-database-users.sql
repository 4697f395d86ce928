-- Which batches use a mailbox database is looked up, not gathered from all users.
DROP INDEX migration_user_database;
CREATE INDEX migration_user_database ON migration_user (database_id, batch_id);
