// Who may ask and who asked: keys of programs, the audit, and the secret that servers share. For the owner alone: row-level security
// without a policy and no grant, so that whoever reads figures can reach none of it. Frozen text: a later change is a later migration.
import type { MigrationInterface, QueryRunner } from "typeorm";

const tables = `
SET LOCAL search_path = public;
CREATE TABLE api_key (
  key_id text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  role text NOT NULL,
  claims jsonb NOT NULL,
  secret_hash text COLLATE "C" NOT NULL,
  created_at timestamp with time zone NOT NULL,
  expires_at timestamp with time zone,
  last_used_at timestamp with time zone,
  revoked_at timestamp with time zone,
  CONSTRAINT api_key_pkey PRIMARY KEY (key_id),
  CONSTRAINT api_key_secret_hash CHECK (secret_hash ~ '^[0-9a-f]{64}$')
);
CREATE UNIQUE INDEX api_key_live_name ON api_key (name) WHERE (revoked_at IS NULL);

CREATE TABLE audit_entry (
  audit_id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  at timestamp with time zone NOT NULL,
  subject text,
  credential text,
  key_id text COLLATE "C",
  role text,
  scope_fingerprint text,
  snapshot_id integer,
  document text COLLATE "C",
  asked jsonb,
  personal text[] NOT NULL,
  rows bigint NOT NULL,
  duration_ms numeric NOT NULL,
  outcome text[] NOT NULL,
  reason text,
  request_id text,
  CONSTRAINT audit_entry_pkey PRIMARY KEY (audit_id)
);
CREATE INDEX audit_entry_at ON audit_entry (at);

CREATE TABLE server_secret (
  singleton boolean NOT NULL,
  secret bytea NOT NULL,
  made_at timestamp with time zone NOT NULL,
  CONSTRAINT server_secret_pkey PRIMARY KEY (singleton),
  CONSTRAINT server_secret_one CHECK (singleton),
  CONSTRAINT server_secret_length CHECK (octet_length(secret) = 32)
);
`;

// A server may give rights on new tables by default: taken back where it does.
const ownerOnly = `
ALTER TABLE api_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE server_secret ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON api_key, audit_entry, server_secret FROM PUBLIC, consumer360_reader;
REVOKE ALL ON SEQUENCE audit_entry_audit_id_seq FROM PUBLIC, consumer360_reader;
`;

export class Access1763900000000 implements MigrationInterface {
  readonly name = "Access1763900000000";

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const text of [tables, ownerOnly]) await queryRunner.query(text);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      SET LOCAL search_path = public;
      DROP TABLE server_secret, audit_entry, api_key;
    `);
  }
}
