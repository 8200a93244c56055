/** A user's listener, whose own errors are ignored: nothing could receive them. */
export function withoutThrowing(onError: (error: Error) => void): (error: Error) => void {
  return (error) => {
    try {
      onError(error);
    } catch {
      // Reported by the listener itself, if at all.
    }
  };
}
