/** A parser that takes bytes of others, or the code behind one. */
export interface FuzzTarget {
  /** The name of its file in `corpus/`. */
  readonly name: string;
  /** Inputs to begin with, besides those of the corpus. */
  readonly seeds: readonly (Buffer | string)[];
  /** Prepares it; called once. */
  readonly start: () => Promise<FuzzRun>;
}

/** A target that takes inputs. */
export interface FuzzRun extends AsyncDisposable {
  /**
   * Takes an input, in pieces that end at `cuts`.
   *
   * @returns a word for what became of it: the long run keeps inputs with outcomes that are new.
   * @throws whatever is not the refusal that the target documents
   */
  readonly run: (input: Buffer, cuts: readonly number[]) => Promise<string> | string;
}

/** For targets that hold nothing. */
export function pureTarget(name: string, seeds: FuzzTarget["seeds"], run: FuzzRun["run"]): FuzzTarget {
  return { name, seeds, start: async () => ({ run, [Symbol.asyncDispose]: async () => {} }) };
}

/** An input in pieces. */
export function pieces(input: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const at = [...new Set(cuts.map((each) => each % (input.length + 1)))].toSorted((a, b) => a - b);
  return [0, ...at].map((start, index) => Buffer.from(input.subarray(start, at[index] ?? input.length)));
}
