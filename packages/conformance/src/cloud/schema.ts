/** The releases of Nova that differ, oldest first, and whether their tokens have a `tls_port` (migration 2903cd72dc14). */
export const RELEASES = { "2024.1": false, "2025.1": true, "2025.2": true, "2026.1": true, master: true } as const;

export type Release = keyof typeof RELEASES;
export type System = "mysql" | "postgresql";

/** Columns of `instances` as Nova's migrations make them, by type; the order is not the same. */
const INSTANCE_COLUMNS = {
  "VARCHAR(255)":
    "user_id project_id image_ref kernel_id ramdisk_id key_name vm_state hostname host reservation_id display_name " +
    "display_description availability_zone os_type vm_mode architecture root_device_name config_drive task_state " +
    "default_ephemeral_device default_swap_device cell_name node",
  INTEGER:
    "internal_id launch_index power_state memory_mb vcpus instance_type_id progress root_gb ephemeral_gb deleted cleaned",
  BOOLEAN: "locked auto_disk_config shutdown_terminate disable_terminate hidden",
  TEXT: "key_data user_data launched_on",
  "VARCHAR(36)": "ephemeral_key_uuid",
  BIGINT: "compute_id",
} as const;

/** The tables of a cell database that consoles concern, as `nova-manage db sync` of a release leaves them. */
export function cellSchema(system: System, release: Release): string[] {
  const time = system === "mysql" ? "DATETIME" : "TIMESTAMP WITHOUT TIME ZONE";
  const id = system === "mysql" ? "INTEGER NOT NULL AUTO_INCREMENT PRIMARY KEY" : "SERIAL PRIMARY KEY";
  const end = system === "mysql" ? " ENGINE=InnoDB DEFAULT CHARSET=utf8" : "";
  const columns = Object.entries(INSTANCE_COLUMNS).flatMap(([type, names]) =>
    names.split(" ").map((name) => `${name} ${type}`),
  );
  return [
    `CREATE TABLE instances (created_at ${time}, updated_at ${time}, deleted_at ${time}, id ${id}, ` +
      `uuid VARCHAR(36) NOT NULL, launched_at ${time}, terminated_at ${time}, ${columns.join(", ")}, ` +
      `CONSTRAINT uniq_instances0uuid UNIQUE (uuid))${end}`,
    "CREATE INDEX instances_uuid_deleted_idx ON instances (uuid, deleted)",
    `CREATE TABLE console_auth_tokens (created_at ${time}, updated_at ${time}, id ${id}, ` +
      "token_hash VARCHAR(255) NOT NULL, console_type VARCHAR(255) NOT NULL, host VARCHAR(255) NOT NULL, " +
      "port INTEGER NOT NULL, internal_access_path TEXT, instance_uuid VARCHAR(36) NOT NULL, " +
      "expires INTEGER NOT NULL, access_url_base VARCHAR(255), " +
      (RELEASES[release] ? "tls_port INTEGER, " : "") +
      `CONSTRAINT uniq_console_auth_tokens0token_hash UNIQUE (token_hash))${end}`,
    `CREATE TABLE services (created_at ${time}, updated_at ${time}, deleted_at ${time}, id ${id}, host VARCHAR(255), ` +
      `${system === "mysql" ? "`binary`" : '"binary"'} VARCHAR(255), topic VARCHAR(255), ` +
      "report_count INTEGER NOT NULL, disabled BOOLEAN, deleted INTEGER, disabled_reason VARCHAR(255), " +
      `last_seen_up ${time}, forced_down BOOLEAN, version INTEGER, uuid VARCHAR(36))${end}`,
    "CREATE INDEX console_auth_tokens_instance_uuid_idx ON console_auth_tokens (instance_uuid)",
    "CREATE INDEX console_auth_tokens_token_hash_instance_uuid_idx ON console_auth_tokens (token_hash, instance_uuid)",
  ];
}

/** The table of the API database that lists the cells. */
export function apiSchema(system: System): string[] {
  const time = system === "mysql" ? "DATETIME" : "TIMESTAMP WITHOUT TIME ZONE";
  const id = system === "mysql" ? "INTEGER NOT NULL AUTO_INCREMENT PRIMARY KEY" : "SERIAL PRIMARY KEY";
  return [
    `CREATE TABLE cell_mappings (created_at ${time}, updated_at ${time}, id ${id}, uuid VARCHAR(36) NOT NULL, ` +
      "name VARCHAR(255), transport_url TEXT NOT NULL, database_connection TEXT NOT NULL, " +
      "disabled BOOLEAN NOT NULL DEFAULT FALSE, CONSTRAINT uniq_cell_mappings0uuid UNIQUE (uuid))",
  ];
}
