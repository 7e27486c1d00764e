import { expect, type Page } from "@playwright/test";
import type { PageServer } from "./page-server.ts";

/** Opens a console of a scripted gateway and waits for its picture. */
export async function openTools(page: Page, server: PageServer, type: "vnc" | "serial", query = ""): Promise<void> {
  await page.goto(`${server.origin}/console/?type=${type}&name=web-03${query}#token=marker-token-4711`);
  await expect(page.locator("body")).toHaveAttribute("data-state", "connected");
}

/** Chooses an item of the More menu. */
export async function chooseMore(page: Page, item: string | RegExp): Promise<void> {
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menu", { name: "More" }).getByText(item, { exact: true }).click();
}
