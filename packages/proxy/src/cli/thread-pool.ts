/**
 * Gives libuv's pool 16 threads instead of 4, unless the operator has chosen. At most half of them look up names, eight
 * at once; with 4, two names that no server answers for would hold up all others. Threads that have nothing to do take
 * some kilobytes. Must be called before the pool is used first; workers inherit it.
 */
export function growThreadPool(): void {
  process.env["UV_THREADPOOL_SIZE"] ??= "16";
}
