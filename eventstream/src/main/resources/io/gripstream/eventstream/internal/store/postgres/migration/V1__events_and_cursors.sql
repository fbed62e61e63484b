-- What one reads by hand is explained in docs/storage.md. Times are milliseconds since 1970, UTC.

CREATE TABLE ${prefix}meta (
  name text PRIMARY KEY,
  value text NOT NULL
);

-- One row per channel that ever had an event; `last` survives trimming. Every append updates it:
-- room in the page lets that happen in place.
CREATE TABLE ${prefix}channel (
  no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text COLLATE "C" NOT NULL UNIQUE,
  last bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- Cut into slots of time, so that old events are shed by dropping a table. `data` is UTF-8 in bytes,
-- since text cannot hold a NUL: convert_from(data, 'UTF8').
CREATE TABLE ${prefix}event (
  channel bigint NOT NULL,
  id bigint NOT NULL,
  type text NOT NULL,
  data bytea NOT NULL,
  skip_users text, -- joined by commas; null: nobody
  at bigint NOT NULL,
  slot integer NOT NULL,
  PRIMARY KEY (channel, id, slot)
) PARTITION BY LIST (slot);
CREATE TABLE ${prefix}event_0 PARTITION OF ${prefix}event FOR VALUES IN (0);

-- What is kept longer than a slot is moved here before that is dropped.
CREATE TABLE ${prefix}event_long PARTITION OF ${prefix}event FOR VALUES IN (-1);

-- The newest slot takes the new events.
CREATE TABLE ${prefix}slot (
  no integer PRIMARY KEY,
  opened_at bigint NOT NULL
);
INSERT INTO ${prefix}slot VALUES (0, (extract(epoch FROM now()) * 1000)::bigint);

-- A row per channel that is kept for another time than all: for how long, in milliseconds, and when
-- it is to be looked at.
CREATE TABLE ${prefix}retention (
  channel bigint PRIMARY KEY,
  ttl bigint NOT NULL,
  due bigint NOT NULL
);
CREATE INDEX ${prefix}retention_due ON ${prefix}retention (due);

-- One row per transaction that appended: which process moved which channels how far.
-- `moved` is CHANNEL:FIRST-LAST, joined by commas. Tells other processes what is new, and a
-- process whose commit was cut off whether it happened.
CREATE TABLE ${prefix}batch (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  writer bigint NOT NULL,
  turn bigint NOT NULL,
  at bigint NOT NULL,
  moved text NOT NULL,
  UNIQUE (writer, turn)
);

CREATE TABLE ${prefix}idempotency (
  channel bigint NOT NULL,
  key bytea NOT NULL,
  id bigint NOT NULL,
  at bigint NOT NULL,
  PRIMARY KEY (channel, key)
);
CREATE INDEX ${prefix}idempotency_at ON ${prefix}idempotency (at);

-- Events of callers' transactions, before they have an id.
CREATE TABLE ${prefix}outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  channel text NOT NULL,
  type text NOT NULL,
  data bytea NOT NULL,
  skip_users text,
  idempotency_key bytea,
  refused text -- why this row can never become an event
);

CREATE TABLE ${prefix}proxy (
  no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE,
  seen_at bigint NOT NULL,
  owes_recovery bigint NOT NULL DEFAULT 0,
  done_batch bigint NOT NULL, -- every batch up to this one is confirmed or given up
  epoch text -- of the storage when it was last seen
);

-- The cursor of a proxy in a channel; no row: 0.
CREATE TABLE ${prefix}confirmed (
  proxy bigint NOT NULL,
  channel bigint NOT NULL,
  up_to bigint NOT NULL,
  PRIMARY KEY (proxy, channel)
);

CREATE TABLE ${prefix}lease (
  task text PRIMARY KEY,
  holder bigint NOT NULL,
  until bigint NOT NULL
);

-- Changes are numbered; the last number is in `meta`. What was lifted stays for an hour, its time past.
CREATE TABLE ${prefix}revocation (
  user_id text NOT NULL,
  channel text NOT NULL,
  until bigint NOT NULL,
  change bigint NOT NULL,
  PRIMARY KEY (user_id, channel)
);
CREATE INDEX ${prefix}revocation_change ON ${prefix}revocation (change);

CREATE TABLE ${prefix}signing_key (
  no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  secret bytea NOT NULL,
  replaced_at bigint -- null: the current one
);
