import { ALL_REQUIREMENTS, ensure } from "./setup/ensure.ts";
import type { RequirementName } from "./setup/requirements.ts";

/** Installs what is needed on this machine: `node tools/setup.ts [need…]`, by default everything. */
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !ALL_REQUIREMENTS.some((need) => need === name));
if (unknown.length > 0) {
  console.error(`unknown: ${unknown.join(", ")}; expected one or more of ${ALL_REQUIREMENTS.join(", ")}`);
  process.exitCode = 2;
} else {
  try {
    await ensure(asked.length > 0 ? (asked as RequirementName[]) : ALL_REQUIREMENTS);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
