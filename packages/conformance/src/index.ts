/** Black-box checks of Nova's console proxies, and of what takes their place. */
export { BOTH, type Check, type ObservableCheck, type UnobservableCheck } from "./check.ts";
export { CHECKS } from "./checks/index.ts";
export { SqlConsoleWriter } from "./console-rows/sql-writer.ts";
export type { ConsoleRow, ConsoleWriter } from "./console-rows/writer.ts";
export type { LabOptions } from "./lab/lab.ts";
export { formatJunit } from "./report/junit.ts";
export { formatTable } from "./report/table.ts";
export { type CheckResult, runCheck, runChecks, whySkipped } from "./run.ts";
export type { Service, Subject } from "./subject.ts";
