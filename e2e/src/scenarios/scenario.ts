import type { NextStep } from "@curfew/client/messages";
import { startFakeGateway, startFakeSerial, type FakeSession } from "@curfew/testing";
import type { CloseReasonsPage } from "../page-objects/close-reasons-page.ts";
import type { ElementType } from "../console-types.ts";

/** How to make a console end for a reason, and what the page then says. */
export interface CloseReasonScenario {
  readonly type: ElementType;
  /** Close code, as the page has it. */
  readonly code: number;
  /** What the sentence says. */
  readonly says: RegExp;
  /** The label of the button. */
  readonly button: string;
  readonly step: NextStep;
  /** Opens the page and ends the console. */
  readonly cause: (ends: CloseReasonsPage) => Promise<void>;
}

/** For reasons that a real gateway never gives on demand. */
export function scripted(end: (session: FakeSession) => void): CloseReasonScenario["cause"] {
  return async (ends) => {
    const target = await ends.use(startFakeSerial());
    const gateway = await ends.use(startFakeGateway({ target }));
    await ends.open("serial", () => ({ url: gateway.url }));
    await ends.connected();
    end(await gateway.waitForSession());
  };
}
