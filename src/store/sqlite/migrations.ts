/**
 * The schema, forward only: a migration that has shipped is never edited, the next one is added below it.
 * Integer rowids and ordered text ids keep every index growing at one end (docs/design.md has the measurements).
 * Indexes that find one thing begin with its id, not with the organization: SQLite has no statistics here, and takes an index that
 * begins with the organization for a list of all that the organization has, to sort a million rows for a page of fifty.
 */
export const MIGRATIONS: readonly string[] = [
  `
  create table events (
    seq integer primary key,
    organization text not null,
    id text not null,
    fingerprint text,
    module text not null,
    type text not null,
    record text not null,
    origin text not null,
    occurred_at integer not null,
    stored_at integer not null,
    body text not null,
    decision text not null
  ) strict;
  create unique index events_id on events (id, organization);
  create index events_field_update on events (organization, seq) where origin = 'fieldUpdate';

  create table runs (
    seq integer primary key,
    id text not null,
    organization text not null,
    event_seq integer not null references events (seq),
    execution text not null,
    rule_id text not null,
    rule_name text not null,
    rule_version integer not null,
    module text not null,
    record text not null,
    condition integer not null,
    n integer not null,
    action_type text not null,
    action_name text not null,
    status text not null,
    reason text,
    due_at integer,
    created_at integer not null,
    finished_at integer,
    attempts text not null,
    timed integer not null,
    recheck integer not null,
    outlives_record integer not null,
    waits_for text,
    quota_day text,
    frozen text,
    token integer not null,
    claimed_at integer,
    -- When somebody has to look at it again: the due time of what waits, the lease end of what runs, null for the rest.
    wake_at integer
  ) strict;
  create unique index runs_id on runs (id, organization);
  create index runs_wake on runs (action_type, wake_at) where wake_at is not null;
  create index runs_event on runs (event_seq);
  create index runs_record on runs (record, organization, module);
  create index runs_rule on runs (rule_id, seq);
  -- Parked runs (no due time) sort last: the largest integer that JavaScript holds exactly stands for them.
  create index runs_scheduled on runs (organization, coalesce(due_at, 9007199254740991)) where status = 'scheduled';
  create index runs_troubled on runs (organization, status, seq) where status in ('failed', 'skipped', 'cancelled', 'retrying');
  create index runs_waiting on runs (organization, waits_for) where waits_for is not null;

  create table records (
    seq integer primary key,
    organization text not null,
    module text not null,
    id text not null,
    revision integer not null,
    occurred_at integer not null,
    deleted integer not null,
    body text not null,
    applied_runs text not null default '[]',
    outbox text not null default '[]'
  ) strict;
  create unique index records_key on records (organization, module, id);
  create index records_outbox on records (seq) where outbox <> '[]';

  create table first_time (
    organization text not null,
    rule text not null,
    record text not null,
    event text not null,
    primary key (organization, rule, record)
  ) strict, without rowid;

  create table quota (
    organization text not null,
    day text not null,
    type text not null,
    used integer not null,
    primary key (organization, day, type)
  ) strict, without rowid;

  create table generations (
    organization text not null,
    number integer not null,
    entries text not null,
    primary key (organization, number)
  ) strict;
  create table versions (
    organization text not null,
    id text not null,
    version integer not null,
    kind text not null,
    document text not null,
    conditions text not null,
    created_at integer not null,
    primary key (organization, id, version)
  ) strict;

  create table api_keys (
    organization text not null,
    id text not null,
    hash text not null,
    created_at integer not null,
    primary key (organization, id)
  ) strict, without rowid;

  create table notifications (
    seq integer primary key,
    organization text not null,
    id text not null,
    user text not null,
    title text not null,
    message text not null,
    module text not null,
    record text not null,
    read integer not null,
    created_at integer not null
  ) strict;
  create unique index notifications_id on notifications (id, organization);
  create index notifications_user on notifications (user, organization, seq);
  create index notifications_unread on notifications (user, organization, seq) where read = 0;
  `,
  `
  create index runs_pending_of_rule on runs (rule_id, organization, seq) where status in ('scheduled', 'retrying');
  `,
  `
  -- The lease's end of what runs; wake_at is from now on the due time of what waits, and null for the rest.
  alter table runs add column lease_until integer;
  update runs set lease_until = wake_at, wake_at = null where status = 'running';
  create index runs_lease on runs (action_type, lease_until) where lease_until is not null;
  create index runs_wake_of_organization on runs (action_type, organization, wake_at) where wake_at is not null;
  create index quota_day on quota (day);
  `,
  `
  -- What the key of the stored secrets has sealed, in one row.
  create table seal (
    one integer primary key check (one = 1),
    sealed text not null
  ) strict;
  `,
  `
  -- JSON of what a time-based run counts from, and of that what is looked for.
  alter table runs add column planner text not null default 'rule';
  alter table runs add column timing text;
  alter table runs add column date_field text;
  alter table runs add column wall_zone text;
  create index runs_dated on runs (record, organization, module) where date_field is not null and status = 'scheduled';
  create index runs_zone on runs (organization, wall_zone) where wall_zone is not null and status = 'scheduled';

  create table record_dates (
    organization text not null,
    module text not null,
    field text not null,
    cycle text not null,
    record text not null,
    key integer not null,
    since integer not null,
    primary key (organization, module, record, field, cycle)
  ) strict, without rowid;
  create index record_dates_key on record_dates (organization, module, field, cycle, key, record);

  create table marks (
    organization text not null,
    key text not null,
    revision integer not null,
    value text not null,
    primary key (organization, key)
  ) strict, without rowid;
  `,
  `
  -- Agenda's jobs: wake-ups and what recurs, none of it part of the ledger. Ids are never given twice: whoever still holds a job that
  -- was removed must not write to the next one.
  create table agenda_jobs (
    id integer primary key autoincrement,
    name text not null,
    type text not null,
    priority real not null,
    data text,
    next_run_at integer,
    locked_at integer,
    last_run_at integer,
    last_finished_at integer,
    failed_at integer,
    fail_count integer,
    fail_reason text,
    progress real,
    disabled integer not null,
    last_modified_by text,
    settings text not null
  ) strict;
  create index agenda_jobs_due on agenda_jobs (name, next_run_at, priority desc) where locked_at is null;
  create index agenda_jobs_locked on agenda_jobs (name, locked_at) where locked_at is not null;
  create unique index agenda_jobs_single on agenda_jobs (name) where type = 'single';
  create index agenda_jobs_at on agenda_jobs (name, json_extract(data, '$.at'));
  `,
];
