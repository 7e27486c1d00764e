import { expect, test, vi } from "vitest";
import { serialFixture } from "../../../test/serial-fixture.ts";

const { target, connected, print, typed } = serialFixture();

test("a serial console copies and pastes as the options for the clipboard say, by keyboard, too", async () => {
  const writeText = vi.spyOn(navigator.clipboard, "writeText").mockResolvedValue();
  const serial = await connected({ clipboard: "to-machine" });
  await print(serial, "copy me");
  serial.selectAll();
  const copy = (): boolean | undefined => {
    const event = new ClipboardEvent("copy", { clipboardData: new DataTransfer(), bubbles: true, cancelable: true });
    target.querySelector("textarea")?.dispatchEvent(event);
    return event.clipboardData?.getData("text/plain") !== "";
  };
  expect(await serial.copySelection()).toBe(false);
  expect(copy()).toBe(false);
  serial.clipboard = "from-machine";
  expect(await serial.copySelection()).toBe(true);
  expect(copy()).toBe(true);
  expect(await serial.paste("text")).toBe(false);
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", "text");
  const init = { clipboardData, bubbles: true, cancelable: true };
  target.querySelector("textarea")?.dispatchEvent(new ClipboardEvent("paste", init));
  expect(typed()).toBe("");
  writeText.mockRestore();
  await serial.close();
});
