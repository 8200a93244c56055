import {
  type McpRequestContext,
  ProtocolError,
  ProtocolErrorCode,
  type RequestId,
  ResourceNotFoundError,
  type Server,
  type ServerEvent,
  type Transport,
} from "@modelcontextprotocol/server";
import type { Cursor } from "@syntha/core";
import { CHANGES_URI } from "../resources/resource-uri.ts";
import type { ChangeBus } from "./change-bus.ts";
import { withoutThrowing } from "./error-listener.ts";
import { type ListenObserver, ListenTransport } from "./listen-transport.ts";
import { cursorOf, resourcesListChanged, resourceUpdated } from "./resource-event.ts";
import { Subscriptions } from "./subscriptions.ts";

/** Messages that wait for a client that reads slowly; further notifications are summed up once it has read them. */
const MAX_PENDING = 1_000;

/** A client of the older protocol listens to lists from its initialization on. */
const INITIALIZED = Symbol("initialized");

type ListenId = RequestId | typeof INITIALIZED;

interface Listen {
  readonly uris: readonly string[];
  readonly removeSpellings: () => void;
  /** Undefined while the feed starts. */
  release?: () => void;
}

/**
 * Sends what changes over one lasting connection, while its client listens: by `subscriptions/listen`, which the SDK
 * filters, or in the older protocol by `resources/subscribe`, where changes of lists are always sent.
 */
export class ConnectionChanges implements ListenObserver {
  /** What the SDK serves in place of the connection. */
  readonly transport: ListenTransport;
  readonly #bus: ChangeBus;
  readonly #onError: (error: Error) => void;
  readonly #listens = new Map<ListenId, Listen>();
  readonly #subscriptions = new Subscriptions();
  #server: Server | undefined;
  #isLegacy = false;
  #unsubscribe: (() => void) | undefined;
  /** Of the last change of which no event was left out. */
  #cursor: Cursor | undefined;
  /** Whether events were left out since. */
  #hasOmitted = false;
  #isClosed = false;

  constructor(bus: ChangeBus, connection: Transport, onError: (error: Error) => void = () => {}) {
    this.#bus = bus;
    this.#onError = withoutThrowing(onError);
    this.transport = new ListenTransport(connection, this);
  }

  /** Sends by this server from now on, which is not connected yet. */
  attach(server: Server, { era }: McpRequestContext): Server {
    this.#server = server;
    this.#isLegacy = era === "legacy";
    if (this.#isLegacy) this.#serveSubscriptions(server);
    return server;
  }

  async begin(id: ListenId, uris: readonly string[]): Promise<void> {
    if (this.#isClosed) return;
    this.end(id);
    const listen: Listen = { uris, removeSpellings: this.#bus.spellings.add(uris) };
    this.#listens.set(id, listen);
    this.#unsubscribe ??= this.#bus.subscribe((event) => this.#deliver(event));
    const release = await this.#bus.start();
    if (this.#listens.get(id) === listen) listen.release = release;
    else release();
  }

  end(id: ListenId): void {
    const listen = this.#listens.get(id);
    listen?.removeSpellings();
    listen?.release?.();
    if (!this.#listens.delete(id) || this.#listens.size > 0) return;
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    this.#hasOmitted = false;
  }

  endAll(): void {
    this.#isClosed = true;
    for (const id of this.#listens.keys()) this.end(id);
  }

  drained(): void {
    const cursor = this.#cursor;
    if (!this.#hasOmitted || cursor === undefined) return;
    this.#hasOmitted = false;
    const listened = [...this.#listens.values()].flatMap(({ uris }) => uris);
    const uris = new Set([CHANGES_URI, ...listened, ...this.#subscriptions.all()]);
    for (const uri of uris) this.#send(resourceUpdated(uri, cursor));
    this.#send(resourcesListChanged(cursor));
  }

  #serveSubscriptions(server: Server): void {
    server.registerCapabilities({ resources: { subscribe: true, listChanged: true } });
    server.oninitialized = () => void this.begin(INITIALIZED, []);
    server.setRequestHandler("resources/subscribe", async ({ params: { uri } }) => {
      if (this.#subscriptions.isFull)
        throw new ProtocolError(ProtocolErrorCode.InvalidParams, "Too many subscriptions.");
      if (!this.#subscriptions.add(uri)) throw new ResourceNotFoundError(uri);
      // What changes after the answer is sent.
      (await this.#bus.start())();
      return {};
    });
    server.setRequestHandler("resources/unsubscribe", ({ params: { uri } }) => {
      this.#subscriptions.delete(uri);
      return {};
    });
  }

  #deliver(event: ServerEvent): void {
    if (this.#hasOmitted) return;
    if (this.transport.pending >= MAX_PENDING && this.#cursor !== undefined) {
      this.#hasOmitted = true;
      return;
    }
    this.#send(event);
    // The last event of a change.
    if (event.kind !== "resource_updated" || event.uri === CHANGES_URI)
      this.#cursor = cursorOf(event) ?? this.#cursor;
  }

  #send(event: ServerEvent): void {
    if (event.kind !== "resource_updated") {
      if (event.kind === "resources_list_changed")
        this.#notify("notifications/resources/list_changed", event.params);
      return;
    }
    for (const uri of this.#isLegacy ? this.#subscriptions.of(event.uri) : [event.uri])
      this.#notify("notifications/resources/updated", { ...event.params, uri });
  }

  #notify(method: string, params: ServerEvent["params"]): void {
    this.#server?.notification({ method, ...(params && { params }) }).catch((error: unknown) => {
      if (!this.#isClosed) this.#onError(error as Error);
    });
  }
}
