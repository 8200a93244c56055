/** The message of a thrown value: of an error, also of another realm, or the text itself; undefined for anything else. */
export function messageOf(error: unknown): string | undefined {
  if (typeof error === "string") return error;
  if (typeof error !== "object" || error === null) return undefined;
  const { message } = error as { readonly message?: unknown };
  return typeof message === "string" ? message : undefined;
}
