import type { ConnectionStatistics } from "@curfew/client";
import type { VncStatistics } from "@curfew/client/vnc";
import { toolButton } from "@curfew/client/toolbar";
import { createElement, setText } from "@curfew/client/ui";
import { texts } from "../locales/texts.ts";
import { icon } from "../widgets/icons.ts";

const REFRESH_MS = 1_000;

/** A row with statistics about the connection, refreshed once a second while it is on the page. */
export function createStatisticsRow(
  read: () => ConnectionStatistics & Partial<VncStatistics>,
  onClose: () => void,
): HTMLElement {
  const { statistics: labels, sdk, actions } = texts();
  const values = new Map([labels.roundTrip, labels.received, labels.sent].map((name) => [name, createElement("dd")]));
  if (read().framesPerSecond !== undefined) values.set(labels.frames, createElement("dd"));
  const list = createElement(
    "dl",
    { class: "statistics" },
    ...[...values].map(([name, value]) => createElement("div", {}, createElement("dt", {}, name), value)),
  );
  const row = createElement(
    "section",
    { class: "tray-row", "aria-label": actions.statistics },
    list,
    toolButton(sdk.actions.close, onClose, { icon: icon("x") }),
  );
  const number = new Intl.NumberFormat(sdk.language, { maximumFractionDigits: 1 });
  const set = (name: string, text: string): void => {
    const value = values.get(name);
    if (value !== undefined) setText(value, text);
  };
  const show = (): void => {
    const now = read();
    const trip = now.roundTripMs;
    set(labels.roundTrip, trip === null ? labels.unknown : `${number.format(trip)} ms`);
    set(labels.received, size(now.bytesReceived, number));
    set(labels.sent, size(now.bytesSent, number));
    set(labels.frames, number.format(now.framesPerSecond ?? 0));
  };
  show();
  const clock = setInterval(() => {
    if (row.isConnected) show();
    else clearInterval(clock);
  }, REFRESH_MS);
  return row;
}

function size(bytes: number, number: Intl.NumberFormat): string {
  if (bytes < 1_000) return `${number.format(bytes)} B`;
  return bytes < 1_000_000 ? `${number.format(bytes / 1_000)} kB` : `${number.format(bytes / 1_000_000)} MB`;
}
