/**
 * What one of websockify's own plugins becomes.
 *
 * @param plugin - the name of its class; one without a dot is looked up in `module`, as in websockify.
 * @returns undefined for another class.
 */
export function findPlugin<T>(plugins: Readonly<Record<string, T>>, plugin: string, module: string): T | undefined {
  const name = plugin.startsWith(`${module}.`) ? plugin.slice(module.length + 1) : plugin;
  return Object.hasOwn(plugins, name) ? plugins[name] : undefined;
}
