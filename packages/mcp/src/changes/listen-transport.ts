import {
  isJSONRPCNotification,
  isJSONRPCRequest,
  type JSONRPCMessage,
  type JSONRPCRequest,
  type MessageExtraInfo,
  type RequestId,
  type Transport,
  type TransportSendOptions,
} from "@modelcontextprotocol/server";
import { listenedUris } from "./listen-filter.ts";

/** Receives which `subscriptions/listen` of a connection are open. */
export interface ListenObserver {
  /** A client wants to listen to these URIs, and to what is listed. The SDK sees the request once this resolves. */
  begin(id: RequestId, uris: readonly string[]): Promise<void>;
  /** A listen has ended. Called for any request that ends. */
  end(id: RequestId): void;
  /** The connection is closed. */
  endAll(): void;
  /** Everything that was sent has been taken. */
  drained(): void;
}

/**
 * A transport between the SDK's stdio entry and the connection. The entry answers `subscriptions/listen` itself, without
 * an event for the server, so that this transport observes who listens. It sends one message at a time, and counts those
 * that wait.
 */
export class ListenTransport implements Transport {
  onclose?: (() => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;
  onmessage?:
    | (<T extends JSONRPCMessage>(message: T, extra?: MessageExtraInfo) => void)
    | undefined;
  readonly #wire: Transport;
  readonly #observer: ListenObserver;
  /** Requests to listen that the SDK has not seen yet. */
  readonly #held = new Set<RequestId>();
  #last: Promise<void> = Promise.resolve();
  #pending = 0;

  constructor(wire: Transport, observer: ListenObserver) {
    this.#wire = wire;
    this.#observer = observer;
  }

  get sessionId(): string | undefined {
    return this.#wire.sessionId;
  }

  /** Messages that wait until the other side takes them. */
  get pending(): number {
    return this.#pending;
  }

  start(): Promise<void> {
    const wire = this.#wire;
    wire.onmessage = (message, extra) => this.#receive(message, extra);
    wire.onerror = (error) => this.onerror?.(error);
    wire.onclose = () => {
      this.#observer.endAll();
      this.onclose?.();
    };
    return wire.start();
  }

  send(message: JSONRPCMessage, options?: TransportSendOptions): Promise<void> {
    if (!("method" in message) && message.id !== undefined) this.#observer.end(message.id);
    this.#pending++;
    const sent = this.#last.then(() => this.#wire.send(message, options));
    const settled = (): void => {
      if (--this.#pending === 0) this.#observer.drained();
    };
    this.#last = sent.then(settled, settled);
    return sent;
  }

  async close(): Promise<void> {
    this.#observer.endAll();
    await this.#wire.close();
  }

  setProtocolVersion(version: string): void {
    this.#wire.setProtocolVersion?.(version);
  }

  #receive(message: JSONRPCMessage, extra: MessageExtraInfo | undefined): void {
    if (isJSONRPCNotification(message) && message.method === "notifications/cancelled") {
      const id = message.params?.["requestId"] as RequestId;
      // The request was not delivered yet, and now never is.
      this.#held.delete(id);
      this.#observer.end(id);
    }
    const uris = isJSONRPCRequest(message) ? urisOf(message) : undefined;
    if (uris === undefined) this.onmessage?.(message, extra);
    else void this.#hold(message as JSONRPCRequest, uris, extra);
  }

  async #hold(
    message: JSONRPCRequest,
    uris: readonly string[],
    extra: MessageExtraInfo | undefined,
  ): Promise<void> {
    this.#held.add(message.id);
    await this.#observer.begin(message.id, uris);
    if (this.#held.delete(message.id)) this.onmessage?.(message, extra);
  }
}

/** Undefined for other requests than to listen to resources. */
function urisOf({ method, params }: JSONRPCRequest): readonly string[] | undefined {
  return method === "subscriptions/listen" ? listenedUris(params) : undefined;
}
