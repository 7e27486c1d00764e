import { ALL_NEEDS, ensure } from "./setup/ensure.ts";
import type { Need } from "./setup/needs.ts";

/** Installs what is needed on this machine: `node tools/setup.ts [need…]`, by default everything. */
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !ALL_NEEDS.some((need) => need === name));
if (unknown.length > 0) {
  console.error(`unknown: ${unknown.join(", ")}; expected one or more of ${ALL_NEEDS.join(", ")}`);
  process.exitCode = 2;
} else {
  try {
    await ensure(asked.length > 0 ? (asked as Need[]) : ALL_NEEDS);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
