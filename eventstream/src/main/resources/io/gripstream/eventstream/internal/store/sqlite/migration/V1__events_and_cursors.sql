-- What one reads by hand is explained in docs/storage.md. Times are milliseconds since 1970, UTC.

CREATE TABLE ${prefix}meta (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;

-- One row per channel that ever had an event; `last` survives trimming.
CREATE TABLE ${prefix}channel (
  no INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  last INTEGER NOT NULL DEFAULT 0
);

-- Clustered by channel and id: a page of history is one range of the tree.
CREATE TABLE ${prefix}event (
  channel INTEGER NOT NULL,
  id INTEGER NOT NULL,
  type TEXT NOT NULL,
  data TEXT NOT NULL,
  skip_users TEXT, -- joined by commas; null: nobody
  at INTEGER NOT NULL,
  PRIMARY KEY (channel, id)
) WITHOUT ROWID;

-- A row per channel that is kept for another time than all: for how long, in milliseconds, and when
-- it is to be looked at.
CREATE TABLE ${prefix}retention (
  channel INTEGER PRIMARY KEY,
  ttl INTEGER NOT NULL,
  due INTEGER NOT NULL
);
CREATE INDEX ${prefix}retention_due ON ${prefix}retention (due);

-- One row per transaction that appended: which process moved which channels how far.
-- `moved` is CHANNEL:FIRST-LAST, joined by commas. Tells other processes what is new, and
-- retention what is old.
CREATE TABLE ${prefix}batch (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  writer INTEGER NOT NULL,
  at INTEGER NOT NULL,
  moved TEXT NOT NULL
);

CREATE TABLE ${prefix}idempotency (
  channel INTEGER NOT NULL,
  key BLOB NOT NULL,
  id INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (channel, key)
) WITHOUT ROWID;
CREATE INDEX ${prefix}idempotency_at ON ${prefix}idempotency (at);

-- Events of callers' transactions, before they have an id.
CREATE TABLE ${prefix}outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  channel TEXT NOT NULL,
  type TEXT NOT NULL,
  data TEXT NOT NULL,
  skip_users TEXT,
  idempotency_key BLOB,
  refused TEXT -- why this row can never become an event
);

CREATE TABLE ${prefix}proxy (
  no INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  seen_at INTEGER NOT NULL,
  owes_recovery INTEGER NOT NULL DEFAULT 0,
  done_batch INTEGER NOT NULL, -- every batch up to this one is confirmed or given up
  epoch TEXT -- of the storage when it was last seen
);

-- The cursor of a proxy in a channel; no row: 0.
CREATE TABLE ${prefix}confirmed (
  proxy INTEGER NOT NULL,
  channel INTEGER NOT NULL,
  up_to INTEGER NOT NULL,
  PRIMARY KEY (proxy, channel)
) WITHOUT ROWID;

CREATE TABLE ${prefix}lease (
  task TEXT PRIMARY KEY,
  holder INTEGER NOT NULL,
  until INTEGER NOT NULL
) WITHOUT ROWID;

-- Changes are numbered; the last number is in `meta`. What was lifted stays for an hour, its time past.
CREATE TABLE ${prefix}revocation (
  user_id TEXT NOT NULL,
  channel TEXT NOT NULL,
  until INTEGER NOT NULL,
  change INTEGER NOT NULL,
  PRIMARY KEY (user_id, channel)
) WITHOUT ROWID;
CREATE INDEX ${prefix}revocation_change ON ${prefix}revocation (change);

CREATE TABLE ${prefix}signing_key (
  no INTEGER PRIMARY KEY AUTOINCREMENT,
  secret BLOB NOT NULL,
  replaced_at INTEGER -- null: the current one
);
