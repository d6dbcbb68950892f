-- Version 1. Times are *_ms (milliseconds since 1970 UTC), spans *_us; verdicts, causes and event types are the numbers
-- of daemon/model. Rows that say what was seen are never updated. "checks" is plural because CHECK is a word of SQL.

CREATE TABLE setting (
  name TEXT PRIMARY KEY,
  value TEXT
) STRICT;

CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  began_ms INTEGER NOT NULL,
  alive_ms INTEGER NOT NULL,
  ended_ms INTEGER, -- NULL: it runs, or it did not end in order
  version TEXT NOT NULL,
  lexicon_hash INTEGER NOT NULL,
  config_hash INTEGER NOT NULL
) STRICT;

CREATE TABLE target (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE, -- the id in the configuration
  kind TEXT NOT NULL,
  title_fr TEXT,
  title_en TEXT,
  active INTEGER NOT NULL, -- whether the configuration has it now
  place INTEGER NOT NULL,  -- in the configuration
  added_ms INTEGER NOT NULL,
  speaks_max_ms INTEGER NOT NULL DEFAULT 0 -- no check of it ever spoke for longer
) STRICT;

CREATE TABLE state (
  target INTEGER PRIMARY KEY REFERENCES target(id),
  state INTEGER NOT NULL,
  cause INTEGER NOT NULL,
  since_ms INTEGER,
  confirmed INTEGER NOT NULL,
  confirmed_since_ms INTEGER,
  run_class INTEGER NOT NULL,
  run_length INTEGER NOT NULL,
  run_began_ms INTEGER,
  not_observed INTEGER NOT NULL,
  not_observed_since_ms INTEGER,
  last_check_ms INTEGER,
  last_counted_ms INTEGER,
  history INTEGER NOT NULL,
  history_length INTEGER NOT NULL,
  flapping INTEGER NOT NULL,
  incident INTEGER,
  paused INTEGER NOT NULL, -- 1: by a person; 2: by the configuration
  banner_text TEXT,
  notice_text TEXT,
  key_sha256 BLOB,     -- of the certificate last seen, where the target follows it
  expiring_ms INTEGER, -- the certificate's end that was told of last
  notice_from_ms INTEGER,
  notice_until_ms INTEGER,
  last_check INTEGER, -- checks.id; not a reference, so that retention may outlive it
  last_verdict INTEGER
) STRICT;

-- What the site of an application answered when it was asked for a page that should not exist; the latest time.
CREATE TABLE absent_page (
  target INTEGER PRIMARY KEY REFERENCES target(id),
  http_status INTEGER NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE certificate (
  id INTEGER PRIMARY KEY,
  sha256 BLOB NOT NULL UNIQUE,
  expires_ms INTEGER
) STRICT;

CREATE TABLE lexicon (
  id INTEGER PRIMARY KEY,
  hash INTEGER NOT NULL UNIQUE
) STRICT;

CREATE TABLE banner (
  id INTEGER PRIMARY KEY,
  target INTEGER NOT NULL REFERENCES target(id),
  text TEXT NOT NULL,
  rule TEXT,
  first_seen_ms INTEGER NOT NULL,
  last_seen_ms INTEGER NOT NULL,
  times INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX banner_by_text ON banner(target, text);
CREATE INDEX banner_by_last_seen ON banner(last_seen_ms, id);

CREATE TABLE notice (
  id INTEGER PRIMARY KEY,
  target INTEGER NOT NULL REFERENCES target(id),
  text TEXT NOT NULL,
  first_seen_ms INTEGER NOT NULL,
  last_seen_ms INTEGER NOT NULL,
  times INTEGER NOT NULL,
  from_ms INTEGER, -- as read of the text; NULL: it could not be
  until_ms INTEGER,
  gone_ms INTEGER, -- the first look that did not find it any more; NULL: it stands
  incident INTEGER -- what happened; not a reference, so that retention may outlive it
) STRICT;
CREATE INDEX notice_by_text ON notice(target, text, id);
CREATE INDEX notice_by_last_seen ON notice(last_seen_ms, id);
CREATE INDEX notice_standing ON notice(target) WHERE gone_ms IS NULL;

CREATE TABLE checks (
  id INTEGER PRIMARY KEY,
  target INTEGER NOT NULL REFERENCES target(id),
  at_ms INTEGER NOT NULL,
  speaks_ms INTEGER NOT NULL, -- how long it speaks for the time after at_ms
  verdict INTEGER NOT NULL,
  cause INTEGER NOT NULL,
  http_status INTEGER,
  duration_us INTEGER,
  dns_us INTEGER,
  connect_us INTEGER,
  tls_us INTEGER,
  ttfb_us INTEGER,
  bytes INTEGER,
  remote_ip TEXT,
  body_sha256 BLOB,
  certificate INTEGER REFERENCES certificate(id),
  lexicon INTEGER REFERENCES lexicon(id),
  banner INTEGER REFERENCES banner(id),
  detail TEXT,
  stepped INTEGER -- 1: did not begin after all earlier checks of its target (a clock stepped back); else NULL
) STRICT;
-- Covers the time accounting.
CREATE INDEX checks_by_time ON checks(target, at_ms, speaks_ms, verdict);
CREATE INDEX checks_stepped ON checks(target, at_ms) WHERE stepped = 1;
CREATE INDEX checks_stepped_by_id ON checks(target) WHERE stepped = 1;

CREATE TABLE transition (
  id INTEGER PRIMARY KEY,
  target INTEGER NOT NULL REFERENCES target(id),
  at_ms INTEGER NOT NULL,
  decided_ms INTEGER NOT NULL,
  from_state INTEGER NOT NULL,
  to_state INTEGER NOT NULL,
  cause INTEGER NOT NULL,
  from_check INTEGER NOT NULL, -- it holds for the target's checks from this id on, whatever the wall clock did
  decided_check INTEGER NOT NULL
) STRICT;
CREATE INDEX transition_by_check ON transition(target, from_check, id);

CREATE TABLE gap (
  id INTEGER PRIMARY KEY,
  target INTEGER REFERENCES target(id), -- NULL: all
  from_ms INTEGER NOT NULL,
  until_ms INTEGER NOT NULL, -- 9223372036854775807: it lasts
  cause INTEGER NOT NULL,
  why TEXT,
  after_check INTEGER NOT NULL -- the last check's id when it was written
) STRICT;
CREATE INDEX gap_by_time ON gap(target, until_ms);

CREATE TABLE incident (
  id INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,
  subject TEXT NOT NULL,
  state INTEGER NOT NULL,
  worst INTEGER NOT NULL,
  cause INTEGER NOT NULL,
  opened_ms INTEGER NOT NULL,
  confirmed_ms INTEGER NOT NULL,
  closed_ms INTEGER, -- NULL while it is open
  banner_text TEXT,
  banner_rule TEXT
) STRICT;
CREATE INDEX incident_by_time ON incident(opened_ms, id);
CREATE INDEX incident_by_subject ON incident(subject, opened_ms, id);
CREATE INDEX incident_open ON incident(opened_ms, id) WHERE closed_ms IS NULL;

CREATE TABLE incident_line (
  id INTEGER PRIMARY KEY,
  incident INTEGER NOT NULL REFERENCES incident(id),
  at_ms INTEGER NOT NULL,
  what TEXT NOT NULL,
  target TEXT, -- of a path's incident: the step that decided; NULL: the configuration did
  verdict INTEGER NOT NULL,
  cause INTEGER NOT NULL,
  text TEXT
) STRICT;
CREATE INDEX incident_line_by_incident ON incident_line(incident, id);

CREATE TABLE event (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE, -- evt_…
  type INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  observed_ms INTEGER,
  kind INTEGER NOT NULL,
  subject TEXT,
  title_fr TEXT,
  title_en TEXT,
  notice_from_ms INTEGER,
  notice_until_ms INTEGER,
  from_state INTEGER NOT NULL,
  to_state INTEGER NOT NULL,
  since_ms INTEGER,
  verdict INTEGER NOT NULL,
  cause INTEGER NOT NULL,
  detail TEXT,
  http_status INTEGER NOT NULL,
  banner TEXT,
  url TEXT,
  incident INTEGER, -- 0: none
  incident_opened_ms INTEGER,
  incident_closed_ms INTEGER,
  diff TEXT,
  words_removed INTEGER NOT NULL,
  words_added INTEGER NOT NULL,
  path_from INTEGER NOT NULL,
  path_to INTEGER NOT NULL,
  proven INTEGER NOT NULL,
  unknown TEXT, -- the ids of a path's channels that nobody knows of
  reason TEXT,  -- the target that decided a path's change
  changes INTEGER NOT NULL -- lately, of what is unstable
) STRICT;
CREATE INDEX event_by_time ON event(at_ms, id);
CREATE INDEX event_by_subject ON event(subject, at_ms, id);
CREATE INDEX event_by_incident ON event(incident) WHERE incident <> 0;

CREATE TABLE blob (
  id INTEGER PRIMARY KEY,
  sha256 BLOB NOT NULL UNIQUE, -- of the bytes as they are when unpacked
  size INTEGER NOT NULL,
  packed INTEGER NOT NULL, -- 1: zstd
  data BLOB NOT NULL
) STRICT;

-- The versions of what a target watches.
CREATE TABLE content (
  id INTEGER PRIMARY KEY,
  target INTEGER NOT NULL REFERENCES target(id),
  began INTEGER NOT NULL, -- how: 1 first, 2 the rules changed, 3 the page changed
  first_seen_ms INTEGER NOT NULL,
  last_seen_ms INTEGER NOT NULL,
  rules INTEGER NOT NULL, -- hash of the XPaths, the ignored patterns and the reader's version
  missing TEXT,           -- the XPaths that selected nothing
  text INTEGER REFERENCES blob(id), -- without the noise; NULL: empty
  words_removed INTEGER NOT NULL, -- since the version before, where the page changed
  words_added INTEGER NOT NULL,
  diff TEXT
) STRICT;
CREATE INDEX content_by_target ON content(target, id);
CREATE INDEX content_by_time ON content(first_seen_ms, id);
CREATE INDEX content_by_text ON content(text) WHERE text IS NOT NULL;

CREATE TABLE hop (
  id INTEGER PRIMARY KEY,
  check_id INTEGER NOT NULL REFERENCES checks(id),
  nth INTEGER NOT NULL,
  url TEXT NOT NULL,
  request BLOB,
  response BLOB,
  http_status INTEGER NOT NULL,
  remote_ip TEXT,
  started_ms INTEGER,
  daily INTEGER NOT NULL, -- 1: kept only as the first answer of its day
  body INTEGER REFERENCES blob(id)
) STRICT;
CREATE INDEX hop_by_check ON hop(check_id, nth);
CREATE INDEX hop_daily ON hop(id) WHERE daily = 1;
CREATE INDEX hop_by_body ON hop(body) WHERE body IS NOT NULL;

CREATE TABLE assertion (
  id INTEGER PRIMARY KEY,
  check_id INTEGER NOT NULL REFERENCES checks(id),
  text TEXT NOT NULL,
  held INTEGER NOT NULL
) STRICT;
CREATE INDEX assertion_by_check ON assertion(check_id);

-- --- paths -----------------------------------------------------------------------------------------------------------

CREATE TABLE path (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE, -- the id in the configuration
  title_fr TEXT,
  title_en TEXT,
  active INTEGER NOT NULL,
  place INTEGER NOT NULL,
  added_ms INTEGER NOT NULL,
  channels TEXT NOT NULL, -- JSON: [{ "id", "title": { "fr", "en" }, "steps": [target ids] }]
  state INTEGER NOT NULL,
  proven INTEGER NOT NULL,
  since_ms INTEGER,
  incident INTEGER -- open; NULL: none
) STRICT;

CREATE TABLE path_transition (
  id INTEGER PRIMARY KEY,
  path INTEGER NOT NULL REFERENCES path(id),
  at_ms INTEGER NOT NULL,      -- it holds from here: the deciding run's first check, not before the change before
  decided_ms INTEGER NOT NULL, -- the confirmation
  from_state INTEGER NOT NULL,
  to_state INTEGER NOT NULL,
  proven INTEGER NOT NULL,
  target TEXT,                 -- the step that decided; NULL: the configuration did
  verdict INTEGER NOT NULL,
  cause INTEGER NOT NULL
) STRICT;
CREATE INDEX path_transition_by_time ON path_transition(path, at_ms, id);

-- --- reports ---------------------------------------------------------------------------------------------------------

-- What people met, one row each; a correction is a new row.
CREATE TABLE report (
  id INTEGER PRIMARY KEY,
  target INTEGER NOT NULL REFERENCES target(id),
  at_ms INTEGER NOT NULL,      -- when they met it
  entered_ms INTEGER NOT NULL, -- when it was entered
  until_ms INTEGER NOT NULL,   -- it speaks until then
  verdict INTEGER NOT NULL,
  note TEXT,
  reporter TEXT, -- who met it
  how TEXT NOT NULL, -- by which way it was entered: socket, …
  uid INTEGER,       -- of who entered it; NULL: unknown
  waited_s INTEGER,
  corrects INTEGER REFERENCES report(id)
) STRICT;
CREATE INDEX report_by_target ON report(target, at_ms, id);
CREATE INDEX report_by_corrected ON report(corrects) WHERE corrects IS NOT NULL;

-- --- what is owed to notifiers ---------------------------------------------------------------------------------------

CREATE TABLE notifier (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE, -- the id in the configuration
  kind TEXT NOT NULL,
  active INTEGER NOT NULL,
  fingerprint INTEGER NOT NULL, -- of its settings: another one arms it anew
  disabled TEXT                 -- why nothing more is sent to it; NULL: it is not disabled
) STRICT;

-- The last state of a subject that a notifier was told (told means owed). No row: up, open.
CREATE TABLE told (
  notifier INTEGER NOT NULL REFERENCES notifier(id),
  kind INTEGER NOT NULL,
  subject TEXT NOT NULL,
  state INTEGER NOT NULL,    -- a verdict, a path's state, or whether the observer sees (1) or not (2)
  unstable INTEGER NOT NULL, -- 1: told since then that the subject flaps
  at_ms INTEGER NOT NULL,    -- last told or reminded
  PRIMARY KEY (notifier, kind, subject)
) STRICT;

CREATE TABLE delivery (
  id INTEGER PRIMARY KEY,
  notifier INTEGER NOT NULL REFERENCES notifier(id),
  event INTEGER NOT NULL REFERENCES event(id),
  state INTEGER NOT NULL, -- 1 pending, 2 delivered, 3 failed
  owed_ms INTEGER NOT NULL,
  next_ms INTEGER,  -- of the next attempt; NULL: none is due
  first_ms INTEGER, -- of the first attempt; NULL: none yet
  done_ms INTEGER,  -- delivered or given up
  attempts INTEGER NOT NULL,
  http_status INTEGER NOT NULL, -- of the last answer; 0: none
  error TEXT,       -- of the last attempt
  body BLOB,        -- made at the first attempt, and the same at each
  UNIQUE (notifier, event)
) STRICT;
CREATE INDEX delivery_pending ON delivery(notifier, id) WHERE state = 1;
CREATE INDEX delivery_failed ON delivery(id) WHERE state = 3;
CREATE INDEX delivery_by_event ON delivery(event);

CREATE TABLE silence (
  id INTEGER PRIMARY KEY,
  subject TEXT NOT NULL, -- a target's or path's id, or all
  reason TEXT NOT NULL,
  from_ms INTEGER NOT NULL,
  until_ms INTEGER NOT NULL,
  ended_ms INTEGER -- taken back before its end; NULL: not
) STRICT;
CREATE INDEX silence_by_until ON silence(until_ms);
