/** Does something so many times, at most `parallel` at once. @returns what each brought, in order */
export async function inParallel<T>(count: number, work: (index: number) => Promise<T>, parallel = 50): Promise<T[]> {
  const results: T[] = [];
  const waiting = Array.from({ length: count }, (_, index) => index).values();
  const one = async (): Promise<void> => {
    for (const index of waiting) results[index] = await work(index);
  };
  await Promise.all(Array.from({ length: Math.min(parallel, count) }, one));
  return results;
}
