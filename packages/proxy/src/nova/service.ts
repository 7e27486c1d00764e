/** What differs between Nova's console proxies. */
export interface Service {
  /** As in `curfew nova <name>`. */
  readonly name: ServiceName;
  /** Nova's program, which may have a configuration file of its own. */
  readonly program: string;
  /** Where the admin API listens by default: the programs may run on one machine, and Nova's own ports are taken. */
  readonly adminListen: string;
}

/** As in `curfew nova <name>`. */
export type ServiceName = "novnc" | "serial" | "spice";

/** Nova's console proxies. */
export const SERVICES: Readonly<Record<ServiceName, Service>> = {
  novnc: { name: "novnc", program: "nova-novncproxy", adminListen: "127.0.0.1:6081" },
  serial: { name: "serial", program: "nova-serialproxy", adminListen: "127.0.0.1:6084" },
  spice: { name: "spice", program: "nova-spicehtml5proxy", adminListen: "127.0.0.1:6085" },
};
