/** How the embedded PostgreSQL runs: durable above all, small, silent about what people store in it. */

/** Given on the command line at every start, so that a new Waybill changes them without editing files. */
export function serverSettings(socket: string, clusterName: string): readonly string[] {
  const settings: Record<string, string> = {
    listen_addresses: '',
    unix_socket_directories: socket,
    unix_socket_permissions: '0700',
    cluster_name: clusterName,
    // What the exactly-once protocol stands on (transfer-engine.md §2).
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    // A process of ours has ten pooled connections and four of its queue; a service has two processes, and workers, a
    // `waybill migrate` and an administrator's psql may join them.
    max_connections: '120',
    shared_buffers: '32MB',
    maintenance_work_mem: '32MB',
    max_worker_processes: '2',
    max_parallel_workers: '0',
    max_parallel_workers_per_gather: '0',
    autovacuum_max_workers: '1',
    jit: 'off',
    // No replica reads this WAL, so it need not say more than a crash recovery needs.
    wal_level: 'minimal',
    max_wal_senders: '0',
    max_replication_slots: '0',
    max_logical_replication_workers: '0',
    max_wal_size: '256MB',
    min_wal_size: '32MB',
    // Statements may carry what people sealed or typed: never in a log.
    log_statement: 'none',
    log_min_error_statement: 'panic',
    log_min_messages: 'warning',
    log_checkpoints: 'off',
    log_parameter_max_length: '0',
    log_parameter_max_length_on_error: '0',
    log_timezone: 'GMT',
    logging_collector: 'off',
  }
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

/** Settings that only newer majors know. PostgreSQL 18's default would start three more processes for reading. */
export function majorSettings(major: number): readonly string[] {
  return major >= 18 ? ['-c', 'io_method=sync'] : []
}
