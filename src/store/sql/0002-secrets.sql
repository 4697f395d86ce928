-- Which key seals the secrets of this database: known before the first secret is, so that a wrong or a lost key file is
-- told from a damaged secret. The key itself is a file in the data folder and never here.
create table secret_key (
  id text primary key,
  created_at timestamptz not null default now()
);
