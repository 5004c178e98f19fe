// The random bytes that all servers of one warehouse share: what they derive from it, such as cursors and pseudonyms, is the same on
// each and after a restart, and is worth nothing elsewhere.
import { Check, Column, Entity, PrimaryColumn } from "typeorm";

@Entity("server_secret")
@Check("server_secret_one", "singleton")
@Check("server_secret_length", "octet_length(secret) = 32")
export class ServerSecret {
  /** Always true: there is one row. */
  @PrimaryColumn({ name: "singleton", type: "boolean", primaryKeyConstraintName: "server_secret_pkey" })
  singleton!: boolean;

  @Column({ name: "secret", type: "bytea" })
  secret!: Buffer;

  @Column({ name: "made_at", type: "timestamp with time zone" })
  madeAt!: string;
}
