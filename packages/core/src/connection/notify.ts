/** Calls a user's callback; what it throws, or rejects with, changes nothing. */
export function notify<A extends readonly unknown[]>(
  callback: ((...args: A) => unknown) | undefined,
  ...args: A
): void {
  try {
    const result = callback?.(...args);
    if (result instanceof Promise) result.catch(() => undefined);
  } catch {
    // The callback's own affair.
  }
}
