import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder with a package's manifest. */
export function packageFolder(name: string): string {
  const entry = fileURLToPath(import.meta.resolve(name));
  return entry.slice(0, entry.lastIndexOf(join("node_modules", name))) + join("node_modules", name);
}
