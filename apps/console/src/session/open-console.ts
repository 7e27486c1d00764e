import type { ConsoleOptions } from "@curfew/client";
import type { SerialConsole } from "@curfew/client/serial";
import type { VncConsole, VncOptions } from "@curfew/client/vnc";
import type { ConsoleLink } from "../link/parse-location.ts";

/** A console of either type. Both have the same connection, events and life. */
export type AnyConsole =
  | { readonly type: "vnc"; readonly view: VncConsole }
  | { readonly type: "serial"; readonly view: SerialConsole };

/**
 * Loads the viewer that `link` needs, and only that one, and puts it into `host`. It is not
 * connected yet.
 */
export async function createConsole(
  link: ConsoleLink,
  host: HTMLElement,
  options: ConsoleOptions & Pick<VncOptions, "onCredentialsRequired" | "onServerVerification">,
): Promise<AnyConsole> {
  const { onCredentialsRequired, onServerVerification, ...common } = options;
  if (link.type === "serial") {
    const [{ SerialConsole }] = await Promise.all([
      import("@curfew/client/serial"),
      import("@xterm/xterm/css/xterm.css"),
    ]);
    return { type: "serial", view: new SerialConsole(host, { ...common, readOnly: link.viewOnly }) };
  }
  const { VncConsole } = await import("@curfew/client/vnc");
  const view = new VncConsole(host, {
    ...common,
    ...(onCredentialsRequired === undefined ? {} : { onCredentialsRequired }),
    ...(onServerVerification === undefined ? {} : { onServerVerification }),
    viewOnly: link.viewOnly,
    scale: link.scale,
  });
  return { type: "vnc", view };
}
