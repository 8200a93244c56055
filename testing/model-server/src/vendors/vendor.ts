/** JSON of a request, not looked at yet. */
export type Json = Record<string, unknown>;

/** What differs between the vendors' protocols, apart from what the mock knows. */
export interface Vendor {
  readonly name: string;
  /** Whether a request's path is one of this vendor's. */
  readonly path: RegExp;
  /**
   * Refuses what the vendor's API refuses of the tools in a request.
   * @throws Error with the API's message
   */
  check(body: Json): void;
  /** The body of an answer with status 400. */
  toError(message: string): Json;
  /** The request in the form that the mock reads; by default as it is. */
  forMock?(body: Json): Json;
  /** The stream that a whole answer is sent as, where this vendor streams otherwise than the mock. */
  readonly toStream?: (answer: Json) => string;
}
