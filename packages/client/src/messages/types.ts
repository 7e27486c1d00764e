import type { CloseReason } from "../close-info.ts";

/** A text with the placeholder `{Name}`, for {@link fill}. */
export type TextWith<Name extends string> = `${string}{${Name}}${string}`;

/** What a page says about one end reason. */
export interface EndWords {
  /** A heading of a few words, without a full stop. */
  readonly title: string;
  /** What happened, in one or two sentences. */
  readonly sentence: string;
  /** The label of the button for what comes next; see {@link endTraits} for what it should do. */
  readonly next: string;
}

/** All words of one language. The keys are the same in every language. */
export interface Messages {
  /** BCP 47 tag, for `lang` attributes and `Intl`. */
  readonly language: string;
  readonly ends: Readonly<Record<CloseReason, EndWords>>;
  /** What to do where no button can do it. */
  readonly advice: {
    /** For {@link NextStep} `new-access`, where the page cannot get a token by itself. */
    readonly newAccess: string;
    /** For {@link NextStep} `operator`. */
    readonly operator: string;
  };
  readonly states: {
    readonly idle: string;
    readonly connecting: string;
    /** Below `connecting`. */
    readonly waiting: string;
    readonly connected: string;
    readonly reconnecting: string;
    /** Below `reconnecting` or the reason for it. */
    readonly reconnectingByItself: string;
    readonly attempt: TextWith<"attempt">;
    readonly nextAttempt: TextWith<"time">;
    readonly closed: string;
  };
  readonly session: {
    /** As short as a status bar wants it; `{time}` in the short style. */
    readonly timeLeft: TextWith<"time">;
    readonly endsIn: TextWith<"time">;
    /** After `endsIn`, when the page can renew the session. */
    readonly renewable: string;
    /** After `endsIn`, when the gateway would renew the session but the page has no way to get a token. */
    readonly needsNewAccess: string;
    /** After `endsIn`, when the gateway does not renew the session. */
    readonly notRenewable: string;
    readonly renewing: string;
    readonly renewed: TextWith<"time">;
    readonly renewedForGood: string;
    /** Before `endsIn`: the old deadline stands. */
    readonly renewFailed: string;
  };
  readonly actions: {
    readonly open: string;
    readonly openAgain: string;
    readonly tryAgain: string;
    readonly tryNow: string;
    readonly renew: string;
    readonly hide: string;
    readonly cancel: string;
    readonly close: string;
  };
  /** Names for screen readers. */
  readonly labels: {
    readonly vnc: string;
    readonly serial: string;
    readonly sessionEnd: string;
    /** How to leave a console that takes every key. */
    readonly leave: TextWith<"keys">;
  };
}
