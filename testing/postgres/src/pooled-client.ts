import { randomInt } from "node:crypto";
import type { Socket } from "node:net";
import { isStart, MessageReader, toMessage, typeOf } from "./messages.ts";
import type { ServerSession } from "./server-session.ts";

/**
 * How long a client keeps a session. `"transaction"`: until its transaction ends. `"statement"`: the same, but a client
 * that begins a transaction is disconnected, as by PgBouncer. `"careless"`: until each statement ends, even in a
 * transaction.
 */
export type PoolMode = "transaction" | "statement" | "careless";

/** The pooler's sessions. */
export interface Lender {
  lend(): Promise<ServerSession>;
  release(session: ServerSession): void;
  /** For a session that was left in a transaction. */
  discard(session: ServerSession): void;
}

/** Messages that the server answers with ReadyForQuery: Query, Sync, FunctionCall. */
const REQUESTS = "QSF";

/** Whether the session is outside a transaction. */
const isIdle = (ready: Buffer): boolean => ready[5] === "I".charCodeAt(0);

/** A client of a pooler. It is accepted at once, and gets a session whenever it sends a request. */
export class PooledClient {
  readonly #socket: Socket;
  readonly #mode: PoolMode;
  readonly #lender: Lender;
  readonly #reader = new MessageReader();
  readonly #parameters: readonly Buffer[];
  #isStarted = false;
  #session: ServerSession | undefined;
  #isWaiting = false;
  #unsent: Buffer[] = [];
  /** The number of unanswered requests. */
  #requests = 0;

  constructor(socket: Socket, parameters: readonly Buffer[], mode: PoolMode, lender: Lender) {
    this.#socket = socket.setNoDelay();
    this.#parameters = parameters;
    this.#mode = mode;
    this.#lender = lender;
    socket.on("error", () => {});
    socket.on("data", (bytes: Buffer) => this.#read(bytes));
    socket.on("close", () => {
      if (this.#session === undefined) return;
      this.#session.onMessage = undefined;
      lender.discard(this.#session);
    });
  }

  has(session: ServerSession): boolean {
    return this.#session === session;
  }

  end(): void {
    this.#socket.destroy();
  }

  #read(bytes: Buffer): void {
    this.#reader.add(bytes);
    while (!this.#isStarted) {
      const first = this.#reader.first();
      if (first === undefined) return;
      this.#isStarted = isStart(first);
      this.#socket.write(this.#isStarted ? this.#welcome() : "N");
    }
    const messages = this.#reader.messages();
    if (messages.some((message) => typeOf(message) === "X")) this.#socket.end();
    else if (messages.length > 0) void this.#forward(messages);
  }

  /** With the parameters of another client's session, and a made-up process id. */
  #welcome(): Buffer {
    const key = Buffer.alloc(8);
    key.writeInt32BE(randomInt(2 ** 31), 0);
    return Buffer.concat([
      toMessage("R", Buffer.alloc(4)),
      ...this.#parameters,
      toMessage("K", key),
      toMessage("Z", Buffer.from("I")),
    ]);
  }

  async #forward(messages: readonly Buffer[]): Promise<void> {
    this.#unsent.push(...messages);
    if (this.#isWaiting) return;
    if (this.#session === undefined) {
      this.#isWaiting = true;
      const session = await this.#lender.lend();
      this.#isWaiting = false;
      if (this.#socket.destroyed) return this.#lender.release(session);
      this.#session = session;
      session.onMessage = (message) => this.#answer(message);
    }
    for (const message of this.#unsent.splice(0)) {
      if (REQUESTS.includes(typeOf(message))) this.#requests++;
      this.#session.send(message);
    }
  }

  #answer(message: Buffer): void {
    this.#socket.write(message);
    if (typeOf(message) !== "Z") return;
    this.#requests--;
    if (this.#mode === "statement" && !isIdle(message)) {
      const text = "transaction blocks not allowed in statement pooling mode";
      this.#socket.end(toMessage("E", Buffer.from(`SFATAL\0VFATAL\0C08P01\0M${text}\0\0`)));
      return;
    }
    if (this.#requests > 0 || this.#session === undefined) return;
    if (this.#mode === "transaction" && !isIdle(message)) return;
    const session = this.#session;
    this.#session = undefined;
    session.onMessage = undefined;
    this.#lender.release(session);
  }
}
