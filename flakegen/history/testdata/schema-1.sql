-- A database as the first version of flakegen/history made it, with one build.
-- It is never written anew: a later version has to open it.

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

PRAGMA application_id = 1718381415;
PRAGMA user_version = 1;

INSERT INTO projects VALUES (1, 'example.org/acme/rts');
INSERT INTO builds VALUES (1, '01900000-0000-7000-8000-000000000001', 'build', 1, 'cccccccccccccccccccccccccccccccccccccccc', 0, 'here', 1795694400000, 'succeeded', 12.5, '2.34.0', 0, 1, 0, 0);
INSERT INTO lines VALUES (1, x'8c53d16edb3a0cfd173ecb8eec9b9b65fa8a3dec694160b032136b952543a2331745fe7da01dd4ee80aee38300523c140f79f40a97987ae4e64629bb18c040050a5c0b0674f5558b15f3f1456b5d1ce510f761926b63df6310c0d3e87c0b0a86147f9265304013f683a732a6eb0e6d4fbbc4191408c4c9bdfd470305ad4bfc02e6823e93822e66c177940814241a6262301fb0c98c3c663090476b895a922633636292b66b5d1f8aaa2aeac3f7aa365a1bad7f808238f2307206737a85803d8181c419142073724f23131818d03ee39572391d0fcd615f7817c6a94c735e7ec94c3d18988eeb9d8c67c1bcd5bb617218848eedc83ecfdda5e825610da07728149601b694dc0d7959d82eb869973926dae1275624ce4555eab24db7b913ee84e0b6442ce489f3fdace0177adf64b231b4194c5597ff2ba01b6e625ac185d8766b96568b0cd6c882b3717859635a8a3b7e1718035a1bc7c0b4016bb5e12aadbe6e7c30dbc63fa1fe27f775a53210501faeab757988d93d862d1a6750d0a3ed5c901d0954b4f48ecc666a0a860e332dcd3f5e952aed3709ff1dbdbfab37f1cd5af800b357eb8b47599d8fd786d17930276863a065a1363976167d332077604e6705c14df26fd6ef5f97ffed4b99074d8e1b1b5b02a3ef8f3dcb7f11d4938fb35067c7d3859b38f2e2514a3109d9594029b870cd604ee7fbfd77000000ffff');
INSERT INTO outputs VALUES (1, 0, 'rts', 'x86_64-linux', 'rts', 'checked', 'checked', 'rts', '/nix/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-rts-1.0.drv', 'built', 1, 1795694400000);
INSERT INTO derivations VALUES (1, 0, '/nix/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-rts-1.0.drv', 'rts-1.0', 'rts', 1, 1795694400000, 'x86_64-linux', '', 'built', 1, 12);
INSERT INTO phases VALUES (1, 0, 0, 'buildPhase', 4);
INSERT INTO phases VALUES (1, 0, 1, 'checkPhase', 8);
