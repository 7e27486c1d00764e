/** Which subprotocol WebSockets to matching addresses are to get. */
export interface SubprotocolRule {
  /** Source and flags of a regular expression for the whole address. */
  readonly source: string;
  readonly flags: string;
  /** The subprotocols that the server knows, the best first. */
  readonly known: readonly string[];
}

interface RuledWindow {
  WebSocket: typeof WebSocket;
  curfewSubprotocolRules?: SubprotocolRule[];
  readonly location?: { readonly href: string };
}

/**
 * Runs in the page. A WebSocket that Playwright plays always gets the first subprotocol that the page offers, so the
 * one that a server would choose is moved to the front, for matching addresses only. Playwright puts its WebSocket in
 * place before or after this runs; both are wrapped.
 */
export function addSubprotocolRule(rule: SubprotocolRule): void {
  const page = globalThis as unknown as RuledWindow;
  if (page.curfewSubprotocolRules !== undefined) {
    page.curfewSubprotocolRules.push(rule);
    return;
  }
  const rules = (page.curfewSubprotocolRules = [rule]);
  const reorder = (url: string | URL, offered: string | string[] | undefined): string | string[] | undefined => {
    if (!Array.isArray(offered)) return offered;
    const address = new URL(url, page.location?.href).href.replace(/^http/, "ws");
    const matching = rules.findLast(({ source, flags }) => new RegExp(source, flags).test(address));
    const chosen = matching?.known.find((name) => offered.includes(name));
    return chosen === undefined ? offered : [chosen, ...offered.filter((name) => name !== chosen)];
  };
  const wrap = (native: typeof WebSocket): typeof WebSocket =>
    new Proxy(native, {
      construct: (target, [url, offered]: [string | URL, string | string[] | undefined], newTarget) =>
        Reflect.construct(target, [url, reorder(url, offered)], newTarget) as WebSocket,
    });
  let current = wrap(page.WebSocket);
  Object.defineProperty(page, "WebSocket", {
    configurable: true,
    enumerable: false,
    get: () => current,
    set: (next: typeof WebSocket) => {
      current = wrap(next);
    },
  });
}
