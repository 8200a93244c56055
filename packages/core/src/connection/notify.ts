/** Calls a user's callback, and ignores its errors. */
export function notify<A extends readonly unknown[]>(
  callback: ((...args: A) => unknown) | undefined,
  ...args: A
): void {
  try {
    const result = callback?.(...args);
    if (result instanceof Promise) result.catch(() => undefined);
  } catch {
    // Reported by the callback itself, if at all.
  }
}
