import type { Socket } from "node:net";
import type { Client, QueryArrayConfig, QueryArrayResult } from "pg";
import type { Settings } from "../settings.ts";
import { isStatementError, isReadOnlyServer, isPreparedStatementLost } from "./sqlstate.ts";
import { typeParsers } from "./type-parsers.ts";
import { destroySocket } from "./destroy-socket.ts";
import { sessionSettings, transactionSettings } from "./session-settings.ts";
import type { Answer, Call } from "./statement.ts";

/** Whether statements are prepared by name; some poolers lose them. Shared by the connections of a pool. */
export interface PreparedStatements {
  areLost: boolean;
}

/** How long the answer of the server may take after it has ended a statement that took too long. */
const ANSWER_MS = 1_000;
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Fields of pg's client that its types lack. */
interface ClientFields {
  readonly processID: number | null;
  readonly pipeline?: boolean;
  readonly connectionParameters?: { readonly query_timeout?: unknown };
  binary: boolean;
}

/** A connection, from the moment when the pool has it. */
export class PgConnection {
  readonly client: Client;
  readonly #settings: Settings;
  readonly #preparedStatements: PreparedStatements;
  readonly #createdAt = performance.now();
  readonly #isPipelined: boolean;
  readonly #timeoutMs: number;
  /** Whether a statement that is not given a time is given one by the user's pool. */
  readonly #hasPoolTimeout: boolean;
  /** Whether the user's pool asks for results in binary. */
  #isBinary = false;
  /** The first error of the connection itself: it can't be used any more. */
  #broken: Error | undefined;
  #isSetUp = false;
  /** What each transaction begins with; nothing where the session keeps the settings. */
  #transactionSettings: readonly Call[];
  /** Round trips that were begun, and that have ended. */
  #requests = 0;
  #responses = 0;
  /** The process of the server that does the statements; undefined while that is not known. */
  processId: number | undefined;
  /** When it was last of use; by `performance.now()`. */
  lastUsedAt = Number.POSITIVE_INFINITY;
  readonly #recordError = (error: Error): void => {
    this.#broken ??= error;
  };

  constructor(
    client: Client,
    settings: Settings,
    preparation: PreparedStatements = { areLost: false },
  ) {
    this.client = client;
    this.#settings = settings;
    this.#preparedStatements = preparation;
    const { pipeline, connectionParameters } = this.#fields;
    this.#isPipelined = pipeline === true;
    this.#timeoutMs = Math.min(settings.statementMs + ANSWER_MS, MAX_TIMER_MS);
    this.#hasPoolTimeout = Boolean(connectionParameters?.query_timeout);
    this.#transactionSettings = [transactionSettings(settings)];
    // Without a listener an idle connection's loss would end the process.
    client.on("error", this.#recordError);
  }

  get #fields(): ClientFields {
    return this.client as unknown as ClientFields;
  }

  get isSetUp(): boolean {
    return this.#isSetUp;
  }

  /** Whether a process of the server is this connection's alone, as no pooler stands between. Known once it is set up. */
  get isDirect(): boolean {
    return this.#transactionSettings.length === 0;
  }

  get transactionSettings(): readonly Call[] {
    return this.#transactionSettings;
  }

  /** Sets for the session what each transaction would have to set, if the session is this connection's alone. */
  async setUp(): Promise<void> {
    const { processID } = this.#fields;
    // Connecting may have taken as long.
    const ageMs = Math.ceil(performance.now() - this.#createdAt) + this.#settings.busyMs;
    const { rows } = await this.one(sessionSettings(this.#settings, processID, ageMs));
    if (rows[0]?.[0] === true) {
      this.#transactionSettings = [];
      this.processId = processID ?? undefined;
    }
    this.#isSetUp = true;
  }

  get broken(): Error | undefined {
    return this.#broken;
  }

  /** Whether calls can be sent before those in front of them are answered. */
  get isPipelined(): boolean {
    return this.#isPipelined;
  }

  /** From here to `leave` it is ours: results come as text, whatever the user's pool asks for. */
  acquire(): void {
    this.#isBinary = this.#fields.binary;
    this.#fields.binary = false;
  }

  release(): void {
    if (!this.isDirect) this.processId = undefined;
    this.lastUsedAt = performance.now();
    this.#fields.binary = this.#isBinary;
  }

  /** Changes whenever something is sent or received; undefined when no answer is due. */
  get pendingMark(): string | undefined {
    if (this.#requests === this.#responses) return undefined;
    const { bytesRead, writableLength } = this.client.connection.stream as Socket;
    return `${this.#requests} ${bytesRead} ${writableLength}`;
  }

  /** Ends a stalled connection. */
  abandon(): void {
    this.#recordError(
      new Error("Query read timeout: the server is not executing a statement of this connection"),
    );
    destroySocket(this.client);
  }

  /** Leaves a connection to the pool that it belongs to; one that is broken may still have an error. */
  detach(): void {
    if (this.#broken === undefined) this.client.off("error", this.#recordError);
  }

  /**
   * Runs calls in their order, in one round trip where the connection can: then all of them are sent, whether those
   * before them succeed or not, and the first error is thrown when all have ended.
   */
  async run(calls: readonly Call[]): Promise<readonly Answer[]> {
    this.#requests++;
    try {
      if (!this.#isPipelined) {
        const answers: Answer[] = [];
        for (const each of calls) answers.push(await this.#query(each));
        return answers;
      }
      const last = calls.length - 1;
      const sent = this.#corked(() => calls.map((each, at) => this.#query(each, at === last)));
      const settled = await Promise.allSettled(sent);
      return settled.map((each) => {
        if (each.status === "rejected") throw each.reason;
        return each.value;
      });
    } finally {
      this.#responses++;
    }
  }

  async one(each: Call): Promise<Answer> {
    this.#requests++;
    try {
      return await this.#query(each);
    } finally {
      this.#responses++;
    }
  }

  /** Sends as one packet what would be one for each call. */
  #corked<T>(send: () => T): T {
    const { stream } = this.client.connection;
    stream.cork();
    try {
      return send();
    } finally {
      stream.uncork();
    }
  }

  /** The clock of the last call sent runs for all in front of it: a connection answers in its order. */
  async #query(each: Call, isLast = true): Promise<Answer> {
    const { values } = each;
    const { name, text } = each.statement;
    const config: QueryArrayConfig & { query_timeout?: number } = {
      text,
      rowMode: "array",
      types: typeParsers,
    };
    if (name !== undefined && !this.#preparedStatements.areLost) config.name = name;
    if (isLast || this.#hasPoolTimeout) config.query_timeout = this.#timeoutMs;
    if (values.length > 0) config.values = values as unknown[];
    try {
      const result: QueryArrayResult<unknown[]> = await this.client.query(config);
      if (each === this.#transactionSettings[0]) this.processId = result.rows[0]?.[0] as number;
      return { command: result.command, count: result.rowCount ?? 0, rows: result.rows };
    } catch (error) {
      if (isPreparedStatementLost(error)) this.#preparedStatements.areLost = true;
      if (isStatementError(error) && !isReadOnlyServer(error)) throw error;
      // Whatever is not the server's own answer leaves it open where the connection stands; what ended it says why.
      this.#recordError(error as Error);
      throw this.#broken;
    }
  }
}
