import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { Transform, type TransformCallback } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

/** When a connection is cut: before the server receives the bytes, or after it has answered them. */
export type Side = "before" | "after";

/** A network between clients and a server, with failures on demand. */
export class TcpProxy implements AsyncDisposable {
  readonly #target: { host: string; port: number };
  readonly #listener: Server;
  readonly #connections = new Set<ProxiedConnection>();
  #held: PromiseWithResolvers<void> | undefined;
  #forgotten: PromiseWithResolvers<void> | undefined;
  #delayMs = 0;
  #plannedCut: PlannedCut | undefined;
  /** Connects to the server through the proxy. */
  readonly url: string;

  /** @param url a PostgreSQL server; TLS connections pass, but `cutAt` finds nothing in them */
  static async to(url: string): Promise<TcpProxy> {
    const listener = createServer();
    await new Promise<void>((done, failed) => {
      listener.once("error", failed).listen(0, "127.0.0.1", done);
    });
    return new TcpProxy(new URL(url), listener);
  }

  private constructor(url: URL, listener: Server) {
    this.#target = {
      host: url.hostname.replace(/^\[|\]$/g, ""),
      port: Number(url.port || 5432),
    };
    this.#listener = listener.on("connection", (client) => this.#accept(client));
    const own = new URL(url);
    own.hostname = "127.0.0.1";
    own.port = String((listener.address() as AddressInfo).port);
    this.url = own.href;
  }

  /** The number of open connections. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Resets all open connections, on both sides. New ones are accepted. */
  cut(): void {
    for (const connection of this.#connections) connection.cut();
  }

  /**
   * Holds all bytes back from now on, in both directions: connections are accepted but never
   * answered, and the other side does not learn when one ends. `heal()` delivers what was held back.
   */
  blackhole(): void {
    this.#held ??= Promise.withResolvers();
  }

  /**
   * Holds the bytes of all open connections back from now on, like a router that has dropped them. New connections work.
   * `heal()` delivers what was held back.
   */
  forget(): void {
    const held = (this.#forgotten ??= Promise.withResolvers());
    for (const connection of this.#connections) connection.held = held.promise;
  }

  /** Delays bytes in each direction; a round trip takes twice as long. */
  delay(ms: number): void {
    this.#delayMs = ms;
  }

  /**
   * Cuts the next connection on which a client sends these bytes: a part of a statement, the name of
   * a prepared statement, or a value.
   *
   * @param side "before": the server does not receive them. "after": it executes the statement, and
   *   its answer is lost. Both look the same to the client.
   * @returns resolves when the connection is cut
   */
  cutAt(marker: string, side: Side): Promise<void> {
    return new Promise((onCut) => {
      this.#plannedCut = { marker: Buffer.from(marker), side, onCut, tails: new Map() };
    });
  }

  /** Reverts `blackhole`, `forget`, `delay` and `cutAt`. */
  heal(): void {
    this.#delayMs = 0;
    this.#plannedCut = undefined;
    this.#held?.resolve();
    this.#held = undefined;
    this.#forgotten?.resolve();
    this.#forgotten = undefined;
  }

  /** Resets all connections and accepts no more. */
  async close(): Promise<void> {
    const closed = new Promise((done) => this.#listener.close(done));
    this.cut();
    await closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #accept(client: Socket): void {
    const server = connect(this.#target);
    const connection = new ProxiedConnection(client, server);
    this.#connections.add(connection);
    connection.run({
      hold: async () => {
        if (this.#delayMs > 0) await sleep(this.#delayMs);
        await this.#held?.promise;
        await connection.held;
      },
      sent: (bytes) => this.#sent(connection, bytes),
      closed: () => this.#connections.delete(connection),
    });
  }

  /** @returns whether to pass the client's bytes on */
  #sent(connection: ProxiedConnection, bytes: Buffer): boolean {
    const planned = this.#plannedCut;
    if (!planned) return true;
    const { marker, tails } = planned;
    const window = Buffer.concat([tails.get(connection) ?? Buffer.alloc(0), bytes]);
    tails.set(connection, window.subarray(Math.max(0, window.length - marker.length + 1)));
    if (!window.includes(marker)) return true;
    this.#plannedCut = undefined;
    if (planned.side === "after") {
      connection.cutWhenAnswered(planned.onCut);
      return true;
    }
    connection.cut();
    planned.onCut();
    return false;
  }
}

interface PlannedCut {
  marker: Buffer;
  side: Side;
  onCut: () => void;
  /** The last bytes of each client: a marker may arrive in parts. */
  tails: Map<ProxiedConnection, Buffer>;
}

interface Rules {
  /** Resolves when bytes may pass. */
  hold: () => Promise<void>;
  /** Returns whether to pass the client's bytes on. */
  sent: (bytes: Buffer) => boolean;
  closed: () => void;
}

/** The ReadyForQuery message without its last byte, the transaction status. */
const READY_FOR_QUERY = Buffer.from([0x5a, 0, 0, 0, 5]);

/** A client's connection and the one to the server. */
class ProxiedConnection {
  readonly #client: Socket;
  readonly #server: Socket;
  /** Bytes are held back until it resolves. */
  held: Promise<void> | undefined;
  #answered: Buffer = Buffer.alloc(0);
  #onAnswered: (() => void) | undefined;

  constructor(client: Socket, server: Socket) {
    this.#client = client.setNoDelay();
    this.#server = server.setNoDelay();
  }

  run({ hold, sent, closed }: Rules): void {
    const passing = (may: (bytes: Buffer) => boolean): Transform => {
      const pass = async (bytes: Buffer | undefined, done: TransformCallback): Promise<void> => {
        await hold();
        if (bytes && may(bytes)) done(null, bytes);
        else done();
      };
      return new Transform({
        transform: (bytes: Buffer, _, done) => void pass(bytes, done),
        flush: (done) => void pass(undefined, done),
      });
    };
    this.#client.pipe(passing(sent)).pipe(this.#server);
    this.#server.pipe(passing((bytes) => this.#answers(bytes))).pipe(this.#client);
    for (const [from, to] of [
      [this.#client, this.#server],
      [this.#server, this.#client],
    ] as const) {
      from.on("error", () => {});
      from.once("close", () => {
        void hold().then(() => to.destroySoon());
        if (!to.destroyed) return;
        this.#onAnswered?.();
        closed();
      });
    }
  }

  cut(): void {
    this.#client.resetAndDestroy();
    this.#server.resetAndDestroy();
  }

  /** Drops the server's answer, and cuts the connection when the answer is complete. */
  cutWhenAnswered(then: () => void): void {
    this.#onAnswered = then;
  }

  /** @returns whether to pass the server's bytes on */
  #answers(bytes: Buffer): boolean {
    if (!this.#onAnswered) return true;
    const window = Buffer.concat([this.#answered, bytes]);
    this.#answered = window.subarray(-READY_FOR_QUERY.length - 1);
    if (READY_FOR_QUERY.equals(this.#answered.subarray(0, READY_FOR_QUERY.length))) {
      this.cut();
    }
    return false;
  }
}
