import { version } from "react";
import { renderToString, version as rendererVersion } from "react-dom/server";
import { expect, test } from "vitest";
import { SerialConsoleView, VncConsoleView, useExpiryCountdown, useTimeLeft } from "./index.ts";

const authorize = (): never => {
  throw new Error("a server opens no console");
};

function Countdown(): string {
  return `${useExpiryCountdown(null)} ${useTimeLeft(null)}`;
}

test("runs with the React that it is to run with, and the renderer that belongs to it", () => {
  const { CURFEW_REACT = "19" } = process.env;
  expect([version, rendererVersion].map((text) => text.split(".")[0])).toEqual([CURFEW_REACT, CURFEW_REACT]);
});

test("renders on a server: an empty console, and the overlay of a console that is not connected", () => {
  const overlay = ({ status }: { status: string }): string => status;
  const html = renderToString(<VncConsoleView authorize={authorize} className="screen" overlay={overlay} />);
  expect(html).toMatch(/^<div class="screen" style="position:relative"><div style="width:100%;height:100%"><\/div>/);
  expect(html).toContain(">idle</div>");
  expect(renderToString(<SerialConsoleView authorize={authorize} />)).toContain("height:100%");
  expect(renderToString(<Countdown />)).toBe("null null");
});
