/**
 * As much of a Nova cloud as a console proxy sees: its databases, written as Nova does, and the answers of nova-compute.
 * For tests, demonstrations and benchmarks; the servers are those of `@curfew/testing/real`.
 */
export type { TokenRow } from "./nova-tables.ts";
export { NovaDatabase } from "./nova-database.ts";
export { type NovaCompute, type ReceivedCall, startNovaCompute } from "./nova-compute.ts";
export { type Release, RELEASES, type System } from "./schema.ts";
