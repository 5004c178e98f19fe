// One request as the audit keeps it: who asked what, under which scope, and what came of it. No value that the asker gave is in it
// but those that name no person.
import { Column, Entity, Index, PrimaryColumn } from "typeorm";

@Entity("audit_entry")
@Index("audit_entry_at", ["at"])
export class AuditEntry {
  @PrimaryColumn({
    name: "audit_id",
    type: "bigint",
    generated: "identity",
    generatedIdentity: "ALWAYS",
    primaryKeyConstraintName: "audit_entry_pkey",
  })
  auditId!: string;

  /** When the request came in, by the server's clock. */
  @Column({ name: "at", type: "timestamp with time zone" })
  at!: string;

  /** Null: nobody was recognised. Of a genuine token that has expired, and of a key that has or was revoked, it is there. */
  @Column({ name: "subject", type: "text", nullable: true })
  subject!: string | null;

  /** token or key. */
  @Column({ name: "credential", type: "text", nullable: true })
  credential!: string | null;

  /** Null for tokens. A key's name may be used again, its id is not. */
  @Column({ name: "key_id", type: "text", collation: "C", nullable: true })
  keyId!: string | null;

  @Column({ name: "role", type: "text", nullable: true })
  role!: string | null;

  @Column({ name: "scope_fingerprint", type: "text", nullable: true })
  scopeFingerprint!: string | null;

  @Column({ name: "snapshot_id", type: "integer", nullable: true })
  snapshotId!: number | null;

  /** SHA-256 of the document without its values, as 64 hexadecimal digits. */
  @Column({ name: "document", type: "text", collation: "C", nullable: true })
  document!: string | null;

  @Column({ name: "asked", type: "jsonb", nullable: true })
  asked!: unknown;

  /** Fields that were read and are about single persons. */
  @Column({ name: "personal", type: "text", array: true })
  personal!: string[];

  /** Rows read for the answer. */
  @Column({ name: "rows", type: "bigint" })
  rows!: string;

  @Column({ name: "duration_ms", type: "numeric" })
  durationMs!: string;

  /** Error codes; empty: answered whole. */
  @Column({ name: "outcome", type: "text", array: true })
  outcome!: string[];

  /** Why nobody was let in, or which limit stood in the way; null where the question was answered or the codes say it all. */
  @Column({ name: "reason", type: "text", nullable: true })
  reason!: string | null;

  @Column({ name: "request_id", type: "text", nullable: true })
  requestId!: string | null;
}
