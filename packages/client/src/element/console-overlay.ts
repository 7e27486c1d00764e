import type { Messages } from "../locales/types.ts";
import { ExpiryWarning } from "../ui/expiry-warning.ts";
import { reportError } from "../util/report-error.ts";
import { followView } from "./follow-view.ts";
import { coverTop, type ConsoleView, type ElementType } from "./kinds.ts";
import { messagesForElement } from "./page-language.ts";
import { Shell } from "./shell.ts";

/** Options of {@link showConsoleOverlay}. */
export interface ConsoleOverlayOptions {
  /** The console's type, for its name. */
  type: ElementType;
  /** Whether the page can get a token to renew with: whether the console has the option `renew`. */
  canRenew: () => boolean;
  /** Whether the console has the option `autoRenew`: only failed renewals are then shown. @defaultValue false */
  autoRenew?: boolean;
  /** The texts to show. @defaultValue those for the language of the element or the page */
  messages?: Messages;
  /** Removes the overlay. */
  signal: AbortSignal;
}

/**
 * Shows over a console what the elements show: the warning before the end, the countdown to the next attempt, and the end
 * with its reason and the button that helps.
 *
 * @param cover - an empty element that covers the console
 * @param target - the element that the console was created in
 */
export function showConsoleOverlay(
  cover: HTMLElement,
  target: HTMLElement,
  console: ConsoleView,
  options: ConsoleOverlayOptions,
): void {
  const { connection } = console;
  const root = cover.shadowRoot ?? cover.attachShadow({ mode: "open" });
  const actions = {
    open: () => void connection.connect().catch(() => {}),
    close: () => void connection.close(),
    renew: () => void connection.renew().catch(() => {}),
    hideWarning: () => warning.hide(),
    answerTakeover: (allow: boolean) => void connection.answerTakeover(allow),
    focusConsole: () => console.focus(),
    cover: (top: number) => coverTop(console, top),
  };
  const shell = new Shell(root, options.type, actions, target);
  followView(console, shell, options.signal);
  let messages: Messages | undefined;
  const render = (): void => {
    const { state } = connection;
    const phase = warning.phase ?? state.status;
    if (messages && !options.signal.aborted) {
      shell.show({ state, phase, warning, canAuthorize: true, messages, leaveKeys: undefined });
    }
  };
  const warning = new ExpiryWarning(connection, { ...options, onChange: render });
  const load = async (): Promise<void> => {
    messages = options.messages ?? (await messagesForElement(cover));
    render();
  };
  load().catch(reportError);
  options.signal.addEventListener("abort", () => {
    shell.stop();
    root.replaceChildren();
  });
}
