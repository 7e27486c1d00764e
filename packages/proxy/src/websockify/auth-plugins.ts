import { ConfigError } from "../config/schema.ts";
import type { AccessOptions } from "../http/access.ts";
import { findPlugin } from "./find-plugin.ts";

type Rule = Partial<AccessOptions>;

/** The auth plugins of websockify 0.13, each with the rule that does the same. */
export const AUTH_PLUGINS: Readonly<Record<string, (source: string) => Rule>> = {
  BasicHTTPAuth: (source) => {
    // Without the value, which may be a password.
    if (!source.includes(":")) throw new ConfigError(["--auth-source: expected user:password for BasicHTTPAuth"]);
    return { basic_auth: source };
  },
  ExpectOrigin: (source) => ({ origins: words(source) }),
  ClientCertCNAuth: (source) => ({ client_names: words(source) }),
};

/**
 * The rule of `--auth-plugin` and `--auth-source`.
 *
 * @throws ConfigError that names the plugin and what to use instead of one in Python, or what is wrong with its source.
 */
export function mapAuthPlugin(plugin: string, source: string): Rule {
  const map = findPlugin(AUTH_PLUGINS, plugin, "websockify.auth_plugins");
  if (map === undefined) {
    throw new ConfigError([
      `--auth-plugin: ${plugin} is none of ${Object.keys(AUTH_PLUGINS).join(", ")}. Curfew loads no plugins in Python: ` +
        "authenticate in a reverse proxy in front of it, or issue tokens only to those who may connect",
    ]);
  }
  return map(source);
}

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}
