/** How long a user has to answer whether another session may take over, in milliseconds. */
export const TAKEOVER_MS = 10_000;

/** How long an answer takes at most that no user gives, such as that one was asked a moment ago, in milliseconds. */
const MOMENT_MS = 250;

/** How long a new session waits from when it is told so, in milliseconds. */
export const PENDING_MS: number = TAKEOVER_MS - MOMENT_MS;

/**
 * The answer of the user whose session is in the way of another one: `allowed` also where that session has ended
 * meanwhile; `asked` where its user is, or was a moment ago, asked because of another session; `unaskable` where the
 * session is not open yet or its client has no control messages.
 */
export type TakeoverAnswer = "allowed" | "denied" | "unanswered" | "asked" | "unaskable";

/** Any answer but yes. */
export type TakeoverRefusal = Exclude<TakeoverAnswer, "allowed">;

/** The session that wants to take over. */
export interface TakeoverBy {
  /** Its id. */
  readonly session: string;
  /** Undefined where its token names none. */
  readonly user: string | undefined;
}

/**
 * Waits for users' answers.
 *
 * @param onAsking - called once it is clear that they take their time.
 */
export async function whileAsking<T>(answers: Promise<T>, onAsking: () => void): Promise<T> {
  const timer = setTimeout(onAsking, MOMENT_MS);
  try {
    return await answers;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Asks the users of all sessions that are in the way, at the same time.
 *
 * @param ask - asks one of them; a failure counts as no answer.
 * @param signal - aborts when the new session has left.
 * @returns the first answer that refuses, and then the other questions are withdrawn; undefined when all agree.
 */
export async function askAll<Present>(
  present: readonly Present[],
  ask: (of: Present, signal: AbortSignal) => Promise<TakeoverAnswer>,
  signal: AbortSignal,
): Promise<TakeoverRefusal | undefined> {
  const settled = new AbortController();
  const withdrawn = AbortSignal.any([signal, settled.signal]);
  const { promise, resolve } = Promise.withResolvers<TakeoverRefusal | undefined>();
  const answers = present.map(async (each) => {
    const answer = await ask(each, withdrawn).catch((): TakeoverAnswer => "unanswered");
    if (answer !== "allowed") resolve(answer);
  });
  void Promise.all(answers).then(() => resolve(undefined));
  try {
    return await promise;
  } finally {
    settled.abort();
  }
}
