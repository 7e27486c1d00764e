import type { Page } from "@playwright/test";
import { endOf, expect, panelOf, press, test } from "../src/fixtures/demo.ts";

// Most tests spend their time waiting for a deadline.
test.describe.configure({ mode: "parallel" });

interface StatusRecorder {
  statuses?: string[];
}

/** Records every status of the panel from now on, because some are too short to wait for. */
async function recordStatuses(page: Page): Promise<() => Promise<string>> {
  await page.evaluate(() => {
    const recorder = globalThis as StatusRecorder;
    const isRecording = recorder.statuses !== undefined;
    recorder.statuses = [];
    if (isRecording) return;
    new MutationObserver(() => {
      const status = document.querySelector("[data-status]")?.getAttribute("data-status");
      if (status && status !== recorder.statuses?.at(-1)) recorder.statuses?.push(status);
    }).observe(document.body, { subtree: true, childList: true, attributes: true });
  });
  return async () => (await page.evaluate(() => (globalThis as StatusRecorder).statuses ?? [])).join(" ");
}

interface FaultOutcome {
  /** The statuses of the panel, in this order. */
  readonly statuses?: readonly string[];
  /** The reason of the end. */
  readonly reason?: string;
  /** A text that the panel shows before the end. */
  readonly warning?: string;
  /** A text that the panel shows at the end. */
  readonly text?: string;
}

/** The outcome of each fault. */
const FAULTS: Readonly<Record<string, FaultOutcome>> = {
  Expire: { statuses: ["connected"], reason: "session_expired" },
  Terminate: { statuses: ["connected"], reason: "session_terminated" },
  Replace: { statuses: ["connected"], reason: "session_replaced" },
  Idle: { statuses: ["connected"], warning: "Still there?", reason: "idle_timeout" },
  Drain: { statuses: ["connected", "reconnecting", "connected"] },
  "Refused renewal": { statuses: ["connected"], reason: "session_expired" },
  "Invalid token": { reason: "token_invalid" },
  "Refused target": { reason: "forbidden" },
  "Unknown name": { reason: "target_not_found" },
  "No answer": { reason: "target_timeout", text: "did not accept within 4000 ms" },
  Unreachable: { statuses: ["reconnecting", "connected"] },
  "Wrong password": { reason: "credentials_rejected" },
  Stall: { statuses: ["connected"], reason: "session_expired" },
  "Stop reading": { statuses: ["connected"], reason: "session_expired" },
  Split: { statuses: ["connected"], reason: "session_expired" },
  Slow: { reason: "session_expired" },
  Flood: { statuses: ["connected"], reason: "session_expired" },
  Reset: { statuses: ["connected", "reconnecting", "connected"] },
  Close: { statuses: ["connected"], reason: "target_closed" },
  Garbage: { reason: "viewer_failed" },
};

for (const [name, { statuses = [], warning, reason, text = "" }] of Object.entries(FAULTS)) {
  test(`the fault “${name}” has the outcome that it describes`, async ({ sharedDashboard: page }) => {
    const recorded = await recordStatuses(page);
    await press(page, `Try ${name}`);
    await expect.poll(recorded, { timeout: 30_000 }).toMatch(new RegExp(statuses.join(".*")));
    if (name === "Refused renewal") {
      await press(page, "Renew");
      await expect(panelOf(page).getByText("The renewal failed.")).toBeVisible();
    }
    if (warning !== undefined) await expect(panelOf(page).getByText(warning)).toBeVisible();
    if (reason !== undefined) await expect(endOf(page)).toHaveAttribute("data-reason", reason, { timeout: 30_000 });
    await expect(panelOf(page)).toContainText(text);
    await press(page, "Close the console");
  });
}

test("every fault of the page has a test", async ({ sharedDashboard: page }) => {
  const faults = page.getByRole("region", { name: "Scripted faults" }).getByRole("heading", { level: 3 });
  await expect(faults).toHaveText(Object.keys(FAULTS));
});
