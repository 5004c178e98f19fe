// The text of `consumer360.conf`, which the cluster's postgresql.conf includes: settings for one retailer on one
// machine. It is written anew at each start, because memory and port may have changed.

const mebibyte = 1024 * 1024;

export type ServerMachine = {
  /** Bytes of memory this process may use. */
  readonly memory: number;
  readonly port: number;
  readonly socketDirectory: string | undefined;
  readonly hasStatementStatistics: boolean;
  /** Where parallel workers share memory; `undefined` leaves the choice that initdb made. */
  readonly dynamicSharedMemory: "sysv" | undefined;
};

export function serverSettings(machine: ServerMachine): string {
  const memory = Math.floor(machine.memory / mebibyte);
  const settings: Record<string, string> = {
    cluster_name: "consumer360",
    listen_addresses: "127.0.0.1",
    port: String(machine.port),
    unix_socket_directories: machine.socketDirectory ?? "",
    unix_socket_permissions: "0700",
    max_connections: "100",

    shared_buffers: `${Math.max(128, Math.min(1024, Math.floor(memory / 4)))}MB`,
    effective_cache_size: `${Math.max(128, Math.floor(memory / 2))}MB`,
    work_mem: "32MB",
    maintenance_work_mem: "256MB",
    random_page_cost: "1.1",
    jit: "off",

    wal_level: "minimal",
    max_wal_senders: "0",
    max_wal_size: "4GB",
    checkpoint_timeout: "30min",

    log_min_messages: "warning",
    timezone: "UTC",
    log_timezone: "UTC",
    lc_messages: "C",
  };
  if (machine.hasStatementStatistics) settings.shared_preload_libraries = "pg_stat_statements";
  if (machine.dynamicSharedMemory !== undefined) settings.dynamic_shared_memory_type = machine.dynamicSharedMemory;

  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`);
  return `# Written by Consumer360 at each start: put settings of your own in place with ALTER SYSTEM.\n${lines.join("\n")}\n`;
}
