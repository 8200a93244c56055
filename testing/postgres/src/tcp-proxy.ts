import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { Transform, type TransformCallback } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

/** Where a connection is cut: before the server has got the bytes, or after it has answered them. */
export type Side = "before" | "after";

/** A network between clients and a server that fails when it is told to. */
export class TcpProxy implements AsyncDisposable {
  readonly #target: { host: string; port: number };
  readonly #listener: Server;
  readonly #links = new Set<Link>();
  #held: PromiseWithResolvers<void> | undefined;
  #forgotten: PromiseWithResolvers<void> | undefined;
  #delayMs = 0;
  #trap: Trap | undefined;
  /** The server's URL, leading through this proxy. */
  readonly url: string;

  /** @param url of a PostgreSQL server; connections by TLS pass, but nothing can be found in them */
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

  /** How many connections are open. */
  get connections(): number {
    return this.#links.size;
  }

  /** Resets all open connections, on both sides. New ones pass. */
  cut(): void {
    for (const link of this.#links) link.cut();
  }

  /**
   * From now on no byte passes, in either direction: connections are accepted and never answered,
   * and their ends are not told to the other side. `heal()` lets pass what was held up.
   */
  blackhole(): void {
    this.#held ??= Promise.withResolvers();
  }

  /**
   * From now on no byte passes on the connections that are open, as when a router has forgotten them; new ones pass.
   * `heal()` lets pass what was held up.
   */
  forget(): void {
    const held = (this.#forgotten ??= Promise.withResolvers());
    for (const link of this.#links) link.held = held.promise;
  }

  /** From now on everything takes this long in each direction: a round trip takes twice as long. */
  delay(ms: number): void {
    this.#delayMs = ms;
  }

  /**
   * Cuts the next connection on which a client sends these bytes: text of a statement, the name of
   * a prepared one, or a value.
   *
   * @param side "before": the server never gets them. "after": it has done what they ask for, and
   *   its answer is lost. The client can't tell which.
   * @returns resolves when the connection was cut
   */
  cutAt(marker: string, side: Side): Promise<void> {
    return new Promise((sprung) => {
      this.#trap = { marker: Buffer.from(marker), side, sprung, ends: new Map() };
    });
  }

  /** Takes back `blackhole`, `forget`, `delay` and `cutAt`. */
  heal(): void {
    this.#delayMs = 0;
    this.#trap = undefined;
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
    const link = new Link(client, server);
    this.#links.add(link);
    link.run({
      hold: async () => {
        if (this.#delayMs > 0) await sleep(this.#delayMs);
        await this.#held?.promise;
        await link.held;
      },
      sent: (bytes) => this.#sent(link, bytes),
      closed: () => this.#links.delete(link),
    });
  }

  /** @returns whether the client's bytes may go on */
  #sent(link: Link, bytes: Buffer): boolean {
    const trap = this.#trap;
    if (!trap) return true;
    const { marker, ends } = trap;
    const window = Buffer.concat([ends.get(link) ?? Buffer.alloc(0), bytes]);
    ends.set(link, window.subarray(Math.max(0, window.length - marker.length + 1)));
    if (!window.includes(marker)) return true;
    this.#trap = undefined;
    if (trap.side === "after") {
      link.cutWhenAnswered(trap.sprung);
      return true;
    }
    link.cut();
    trap.sprung();
    return false;
  }
}

interface Trap {
  marker: Buffer;
  side: Side;
  sprung: () => void;
  /** For each connection, the end of what its client sent: a marker may come in parts. */
  ends: Map<Link, Buffer>;
}

interface Rules {
  /** Resolves when bytes may go on. */
  hold: () => Promise<void>;
  /** Whether the client's bytes may go on. */
  sent: (bytes: Buffer) => boolean;
  closed: () => void;
}

/** A message of PostgreSQL's protocol: all that was asked for is done. Its last byte is a state. */
const READY_FOR_QUERY = Buffer.from([0x5a, 0, 0, 0, 5]);

/** A connection of a client, and the one to the server that it is passed on to. */
class Link {
  readonly #client: Socket;
  readonly #server: Socket;
  /** No byte passes before. */
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

  /** Withholds the server's answer, and cuts the connection when that is complete. */
  cutWhenAnswered(then: () => void): void {
    this.#onAnswered = then;
  }

  /** @returns whether the server's bytes may go on */
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
