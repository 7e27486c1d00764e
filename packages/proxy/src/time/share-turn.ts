/** Work that is done once for all who ask for it in the same turn of the event loop. It begins after all of them asked. */
export function shareTurn<T>(work: () => Promise<T>): () => Promise<T> {
  let shared: Promise<T> | undefined;
  return async () => {
    shared ??= new Promise(setImmediate).then(async () => {
      shared = undefined;
      return await work();
    });
    return await shared;
  };
}
