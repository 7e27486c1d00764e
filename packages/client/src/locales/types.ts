import type { ConsoleType } from "@curfew/protocol";
import type { CloseReason } from "../connection/model/close-info.ts";

/** A text with the placeholder `{Name}`, for {@link format}. */
export type TextWith<Name extends string> = `${string}{${Name}}${string}`;

/** The texts for one close reason. */
export interface CloseReasonText {
  /** A short heading without a full stop. */
  readonly title: string;
  /** What happened, in one or two sentences. */
  readonly sentence: string;
  /** The label of the button for the next step; see {@link CLOSE_REASON_TRAITS} for what it does, and if it can help. */
  readonly next: string;
}

/** All texts in one language. The keys are the same in every language. */
export interface Messages {
  /** BCP 47 tag, for `lang` attributes and `Intl`. */
  readonly language: string;
  /** By close reason. */
  readonly closeReasons: Readonly<Record<CloseReason, CloseReasonText>>;
  /** What the user can do if no button can do it. */
  readonly advice: {
    /** For {@link NextStep} `new-access`, if the page cannot get a token. */
    readonly newAccess: string;
    /** For {@link NextStep} `operator`. */
    readonly operator: string;
  };
  /** The states of a connection. */
  readonly states: {
    readonly idle: string;
    readonly connecting: string;
    /** Below `connecting`. */
    readonly waiting: string;
    readonly connected: string;
    readonly reconnecting: string;
    /** Below `reconnecting` or the reason for it. */
    readonly reconnectingByItself: string;
    /** After `reconnectingByItself`, if the reason does not concern the machine. */
    readonly machineUnaffected: string;
    readonly attempt: TextWith<"attempt">;
    readonly nextAttempt: TextWith<"time">;
    readonly closed: string;
  };
  /** The time left, and renewals. */
  readonly session: {
    /** For a status bar, with `{time}` in the short style. */
    readonly timeLeft: TextWith<"time">;
    readonly endsIn: TextWith<"time">;
    /** After `endsIn`, if the page can renew the session. */
    readonly renewable: string;
    /** After `endsIn`, if the gateway can renew the session but the page cannot get a token. */
    readonly needsNewAccess: string;
    /** After `endsIn`, if the gateway cannot renew the session. */
    readonly notRenewable: string;
    readonly renewing: string;
    readonly renewed: TextWith<"time">;
    readonly renewedForGood: string;
    /** After `endsIn`, if a renewal failed. */
    readonly renewFailed: string;
    /** A heading, before a session ends because there was no input. */
    readonly stillThere: string;
    readonly closesWhenIdle: TextWith<"time">;
  };
  /** One session in place of another, where the gateway asks. */
  readonly takeover: {
    /** The question to the user at the console. A heading. */
    readonly title: string;
    /** The same, where it is known who asks. */
    readonly titleBy: TextWith<"user">;
    /** What the answers do. */
    readonly sentence: string;
    /** Below it, until it lapses. */
    readonly timeLeft: TextWith<"time">;
    /** To the user who waits for the answer. A heading. */
    readonly asking: string;
    readonly askingSentence: TextWith<"time">;
  };
  /** Labels of buttons. */
  readonly actions: {
    readonly open: string;
    readonly openAgain: string;
    readonly tryAgain: string;
    readonly tryNow: string;
    readonly renew: string;
    /** The answer to `stillThere`. */
    readonly stillHere: string;
    /** The answers to `takeover.title`. */
    readonly allow: string;
    readonly decline: string;
    readonly hide: string;
    readonly cancel: string;
    readonly close: string;
  };
  /** What a console cannot take from the user. */
  readonly notices: {
    /** A file or a link was dragged over the console. */
    readonly dropRefused: string;
    /** The user composes text with an input method over a picture. */
    readonly composition: string;
  };
  /** Labels for screen readers. */
  readonly labels: Readonly<Record<ConsoleType, string>> & {
    readonly sessionEnd: string;
    /** The question of `takeover`. */
    readonly takeover: string;
    /** Before what an operator wrote when they ended the session. */
    readonly operatorMessage: string;
    /** How to leave a console that takes every key. */
    readonly leave: TextWith<"keys">;
  };
}
