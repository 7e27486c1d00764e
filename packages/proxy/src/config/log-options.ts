import * as v from "valibot";
import type { Config } from "./config.ts";
import { FACILITIES, type SyslogFacility } from "../telemetry/syslog/syslog.ts";
import { group, option } from "./option-schema.ts";
import * as value from "./value-schemas.ts";

const LEVELS = ["trace", "debug", "info", "warn", "error", "silent"] as const;
const FACILITY_NAMES = Object.keys(FACILITIES) as SyslogFacility[];

/** The options of the group `log`. */
export const log: v.GenericSchema<unknown, Config["log"]> = group({
  level: option(
    v.picklist(LEVELS, `expected one of ${LEVELS.join(", ")}`),
    "info",
    "Least severe level that is logged.",
  ),
  file: option(
    v.nullable(value.text),
    null,
    "File that log lines are appended to. It is opened again after it was moved. By default standard error.",
  ),
  syslog: option(
    v.nullable(value.logServer),
    null,
    "Also send log lines to this syslog server: `host:port` for UDP, or a Unix socket such as `/dev/log`, which needs `logger` of util-linux (websockify's option).",
  ),
  syslog_facility: option(
    v.picklist(FACILITY_NAMES, `expected one of ${FACILITY_NAMES.join(", ")}`),
    "user",
    "Facility of these lines.",
  ),
  syslog_format: option(
    v.picklist(["rfc5424", "rfc3164"], "expected one of rfc5424, rfc3164"),
    "rfc5424",
    "Their format: `rfc5424`, or `rfc3164` for old servers (websockify's `--legacy-syslog`).",
  ),
});
