import { type AddressInfo, createServer, type Server } from "node:net";
import { type PoolMode, PooledClient } from "./pooled-client.ts";
import { ServerSession } from "./server-session.ts";

export interface PoolerOptions {
  /**
   * The number of sessions on the server.
   * @default 2
   */
  readonly size?: number;
  /**
   * How long a client keeps a session.
   * @default "transaction"
   */
  readonly mode?: PoolMode;
}

/**
 * A pooler like PgBouncer before 1.21, with sessions on a real server: prepared statements, settings and LISTEN stay with
 * the session, and a client gets another one for its next transaction. The session that was unused the longest is used
 * first, so that consecutive transactions rarely share one. Every client is accepted, as the user of the URL.
 */
export class TransactionPooler implements AsyncDisposable {
  readonly #url: string;
  readonly #mode: PoolMode;
  readonly #listener: Server;
  readonly #sessions = new Set<ServerSession>();
  readonly #idle: ServerSession[] = [];
  readonly #waiting: ((session: ServerSession) => void)[] = [];
  readonly #clients = new Set<PooledClient>();
  /** Connects to the server through the pooler. */
  readonly url: string;

  static async to(
    url: string,
    { size = 2, mode = "transaction" }: PoolerOptions = {},
  ): Promise<TransactionPooler> {
    const listener = createServer();
    await new Promise<void>((done, failed) => {
      listener.once("error", failed).listen(0, "127.0.0.1", done);
    });
    const pooler = new TransactionPooler(url, listener, mode);
    await Promise.all(Array.from({ length: size }, () => pooler.#addSession()));
    return pooler;
  }

  private constructor(url: string, listener: Server, mode: PoolMode) {
    this.#url = url;
    this.#mode = mode;
    this.#listener = listener.on("connection", (socket) => {
      const [session] = this.#sessions;
      const client = new PooledClient(socket, session?.parameters ?? [], this.#mode, {
        lend: () => this.#lend(),
        release: (lent) => this.#release(lent),
        discard: (lent) => this.#replace(lent),
      });
      this.#clients.add(client);
      socket.on("close", () => this.#clients.delete(client));
    });
    const own = new URL(url);
    own.hostname = "127.0.0.1";
    own.port = String((listener.address() as AddressInfo).port);
    this.url = own.href;
  }

  /** Ends all connections and accepts no more. */
  async close(): Promise<void> {
    const closed = new Promise((done) => this.#listener.close(done));
    for (const client of this.#clients) client.end();
    await Promise.all([...this.#sessions].map((session) => session.end()));
    await closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #addSession(): Promise<void> {
    const session = await ServerSession.open(this.#url);
    this.#sessions.add(session);
    session.onClose = () => this.#replace(session);
    this.#release(session);
  }

  async #lend(): Promise<ServerSession> {
    return this.#idle.shift() ?? new Promise((resolve) => this.#waiting.push(resolve));
  }

  #release(session: ServerSession): void {
    const next = this.#waiting.shift();
    if (next) next(session);
    else this.#idle.push(session);
  }

  /** Replaces a session that the server has ended, or whose client left it in a transaction. */
  #replace(session: ServerSession): void {
    if (!this.#sessions.delete(session)) return;
    if (this.#idle.includes(session)) this.#idle.splice(this.#idle.indexOf(session), 1);
    for (const client of this.#clients) if (client.has(session)) client.end();
    void session.end();
    if (this.#listener.listening) this.#addSession().catch(() => {});
  }
}
