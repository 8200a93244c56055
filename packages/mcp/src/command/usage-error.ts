/** A command line that can't be carried out: what is wrong with it, for a person. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
