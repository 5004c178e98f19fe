// A key with which a program asks. The warehouse holds what the key may do and a hash of its secret, never the secret.
import { Check, Column, Entity, Index, PrimaryColumn } from "typeorm";

@Entity("api_key")
@Index("api_key_live_name", ["name"], { unique: true, where: "(revoked_at IS NULL)" })
@Check("api_key_secret_hash", "secret_hash ~ '^[0-9a-f]{64}$'")
export class ApiKey {
  /** The public part of the key, by which it is found. */
  @PrimaryColumn({ name: "key_id", type: "text", collation: "C", primaryKeyConstraintName: "api_key_pkey" })
  keyId!: string;

  /** Unique among keys that are not revoked. */
  @Column({ name: "name", type: "text", collation: "C" })
  name!: string;

  /** A role of the policy; whether it is one is judged at every request. */
  @Column({ name: "role", type: "text" })
  role!: string;

  /** What a token would carry beside its role: lists of texts by name. */
  @Column({ name: "claims", type: "jsonb" })
  claims!: unknown;

  /** SHA-256 of the secret, as 64 hexadecimal digits. */
  @Column({ name: "secret_hash", type: "text", collation: "C" })
  secretHash!: string;

  @Column({ name: "created_at", type: "timestamp with time zone" })
  createdAt!: string;

  /** Null: never. */
  @Column({ name: "expires_at", type: "timestamp with time zone", nullable: true })
  expiresAt!: string | null;

  /** To the minute. */
  @Column({ name: "last_used_at", type: "timestamp with time zone", nullable: true })
  lastUsedAt!: string | null;

  @Column({ name: "revoked_at", type: "timestamp with time zone", nullable: true })
  revokedAt!: string | null;
}
