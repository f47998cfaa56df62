-- A build is one run of Nix. Its whole record is kept as the line that carries it
-- from machine to machine; every other column and table is taken from that line,
-- so that questions need not read the lines.

CREATE TABLE projects (
  project INTEGER PRIMARY KEY,
  name    TEXT NOT NULL UNIQUE
);

CREATE TABLE builds (
  build        INTEGER PRIMARY KEY,
  id           TEXT NOT NULL UNIQUE, -- greater for later builds
  command      TEXT NOT NULL,
  project      INTEGER NOT NULL REFERENCES projects,
  commit_id    TEXT NOT NULL,
  dirty        INTEGER NOT NULL,
  host         TEXT NOT NULL,
  started      INTEGER NOT NULL,     -- milliseconds since 1970, UTC
  status       TEXT NOT NULL,
  wall_seconds REAL NOT NULL,
  nix_version  TEXT NOT NULL,
  exit_code    INTEGER,              -- NULL where it is not known
  built        INTEGER NOT NULL,     -- how many derivations were
  fetched      INTEGER NOT NULL,
  failed       INTEGER NOT NULL
) STRICT;
CREATE INDEX builds_project ON builds (project, id);

-- The line, deflated. Apart from builds, whose pages are read by the thousand.
CREATE TABLE lines (
  build INTEGER PRIMARY KEY REFERENCES builds ON DELETE CASCADE,
  line  BLOB NOT NULL
) STRICT;

CREATE TABLE outputs (
  build       INTEGER NOT NULL REFERENCES builds ON DELETE CASCADE,
  position    INTEGER NOT NULL,
  name        TEXT NOT NULL,
  system      TEXT NOT NULL,
  package     TEXT NOT NULL,
  variant     TEXT NOT NULL,
  role        TEXT NOT NULL,
  alias       TEXT NOT NULL,
  derivation  TEXT NOT NULL,
  disposition TEXT NOT NULL,    -- of the derivation; empty where it is not known
  project     INTEGER NOT NULL, -- of the build, for the indexes below
  started     INTEGER NOT NULL, -- of the build, for the indexes below
  PRIMARY KEY (build, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX outputs_name ON outputs (name, system, build);
CREATE INDEX outputs_built ON outputs (project, package, role, started) WHERE disposition = 'built';
CREATE INDEX outputs_built_for ON outputs (project, package, role, system, started) WHERE disposition = 'built';

CREATE TABLE derivations (
  build       INTEGER NOT NULL REFERENCES builds ON DELETE CASCADE,
  position    INTEGER NOT NULL,
  derivation  TEXT NOT NULL,    -- the path of the .drv file, with its hash
  name        TEXT NOT NULL,    -- the store name
  stem        TEXT NOT NULL,    -- the store name without its version
  project     INTEGER NOT NULL, -- of the build, for the index below
  started     INTEGER NOT NULL, -- of the build, for the indexes below
  system      TEXT NOT NULL,
  machine     TEXT NOT NULL,
  disposition TEXT NOT NULL,
  checks      INTEGER NOT NULL, -- whether a phase of it checks
  seconds     REAL NOT NULL,
  PRIMARY KEY (build, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX derivations_path ON derivations (derivation, started) WHERE disposition = 'built';
CREATE INDEX derivations_stem ON derivations (project, stem, system, started) WHERE disposition = 'built';

CREATE TABLE phases (
  build      INTEGER NOT NULL REFERENCES builds ON DELETE CASCADE,
  derivation INTEGER NOT NULL, -- position in derivations
  position   INTEGER NOT NULL,
  name       TEXT NOT NULL,
  seconds    REAL NOT NULL,
  PRIMARY KEY (build, derivation, position)
) STRICT, WITHOUT ROWID;
