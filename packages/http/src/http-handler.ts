/** A server without a port, for any runtime with `Request` and `Response`. */
export interface HttpHandler {
  /** Answers a request. Never rejects. */
  readonly fetch: (request: Request) => Promise<Response>;
  /** Ends all streams. */
  readonly close: () => Promise<void>;
}
