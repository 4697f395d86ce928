-- How many messages the source counted in the folder: when it was planned, then whenever a pass went through it. Null:
-- not known, for the server does not tell it with its list and no pass came so far, or the folder is of before this.
ALTER TABLE folder ADD COLUMN source_messages bigint;
UPDATE folder SET source_messages = mark_messages;
