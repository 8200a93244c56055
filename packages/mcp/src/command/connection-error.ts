/** A connection that ended with an error, not by its client: what happened, for a person. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
}
