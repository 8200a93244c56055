import type { Socket } from "node:net";
import { MAX_TIMER_MS } from "@syntha/core/storage";
import type { Client, QueryArrayConfig, QueryArrayResult } from "pg";
import type { Settings } from "../settings.ts";
import { destroySocket } from "./destroy-socket.ts";
import { sessionSettings, transactionSettings } from "./session-settings.ts";
import { isPreparedStatementLost, isReadOnlyServer, isStatementError } from "./sqlstate.ts";
import type { Answer, Call } from "./statement.ts";
import { typeParsers } from "./type-parsers.ts";

/** Shared by the connections of a pool. Once a pooler has lost a prepared statement, none are used any more. */
export interface PreparedStatements {
  areLost: boolean;
}

/** How long the server's answer may take after it has ended a statement that took too long. */
const ANSWER_MS = 1_000;

/** Fields of pg's client that its types lack. */
interface ClientFields {
  readonly processID: number | null;
  readonly pipeline?: boolean;
  readonly connectionParameters?: { readonly query_timeout?: unknown };
  binary: boolean;
}

/** What {@link PgConnection.runWith} returns. */
interface RunWithMore {
  readonly answers: Promise<readonly Answer[]>;
  /** Resolves when the last call has ended, in whatever way. */
  readonly ended: Promise<void>;
}

const ignore = (): void => {};

/** A connection, from the moment the pool has it. */
export class PgConnection {
  readonly client: Client;
  readonly #settings: Settings;
  readonly #preparedStatements: PreparedStatements;
  readonly #createdAt = performance.now();
  readonly #isPipelined: boolean;
  readonly #timeoutMs: number;
  /** Whether the user's pool sets a timeout for statements that have none. */
  readonly #hasPoolTimeout: boolean;
  /** Whether the user's pool requests binary results. */
  #isBinary = false;
  /** The first error of the connection itself, after which it can't be used. */
  #broken: Error | undefined;
  /** Whether the tables were distributed when the settings were applied; undefined if they were not applied yet. */
  #setUpFor: boolean | undefined;
  #isDirect = false;
  /** Applies the settings to a transaction. */
  #settingsCall: Call;
  #settingsFor: boolean;
  /** Round trips that have started, and that have ended. */
  #requests = 0;
  #responses = 0;
  /** The server's command tag of the last call that succeeded in the current round trip. */
  #lastCommand: string | undefined;
  /** The server process that executes the statements; undefined while it is unknown. */
  processId: number | undefined;
  /** When the connection was last returned to the pool, by `performance.now()`. */
  lastUsedAt = Number.POSITIVE_INFINITY;
  readonly #recordError = (error: Error): void => {
    this.#broken ??= error;
  };

  constructor(
    client: Client,
    settings: Settings,
    preparedStatements: PreparedStatements = { areLost: false },
  ) {
    this.client = client;
    this.#settings = settings;
    this.#preparedStatements = preparedStatements;
    const { pipeline, connectionParameters } = this.#fields;
    this.#isPipelined = pipeline === true;
    this.#timeoutMs = Math.min(settings.statementMs + ANSWER_MS, MAX_TIMER_MS);
    this.#hasPoolTimeout = Boolean(connectionParameters?.query_timeout);
    this.#settingsCall = transactionSettings(settings);
    this.#settingsFor = settings.server.isDistributed;
    // Without a listener, the loss of an idle connection would end the process.
    client.on("error", this.#recordError);
  }

  get #fields(): ClientFields {
    return this.client as unknown as ClientFields;
  }

  /** Whether the session has its settings, or can't have any. */
  get isSetUp(): boolean {
    return this.#setUpFor === this.#settings.server.isDistributed;
  }

  /** Whether the connection has its own server process, without a pooler in between. Known after {@link setUp}. */
  get isDirect(): boolean {
    return this.#isDirect;
  }

  /** Calls that every transaction starts with; none if the session has the settings. */
  get transactionSettings(): readonly Call[] {
    if (this.#isDirect) return [];
    const { isDistributed } = this.#settings.server;
    if (isDistributed !== this.#settingsFor) {
      this.#settingsCall = transactionSettings(this.#settings);
      this.#settingsFor = isDistributed;
    }
    return [this.#settingsCall];
  }

  /** Applies the settings to the session if the server process belongs to this connection alone. */
  async setUp(): Promise<void> {
    const { processID } = this.#fields;
    const { isDistributed } = this.#settings.server;
    // Connecting may have taken up to `busyMs`.
    const ageMs = Math.ceil(performance.now() - this.#createdAt) + this.#settings.busyMs;
    const { rows } = await this.one(sessionSettings(this.#settings, processID, ageMs));
    if (rows[0]?.[0] === true) {
      this.#isDirect = true;
      this.processId = processID ?? undefined;
    }
    this.#setUpFor = isDistributed;
  }

  get broken(): Error | undefined {
    return this.#broken;
  }

  /** Whether calls can be sent before the previous ones are answered. */
  get isPipelined(): boolean {
    return this.#isPipelined;
  }

  /** Whether the last round trip ended with a rollback, after an error of a call before it. */
  get hasRolledBack(): boolean {
    return this.#lastCommand === "ROLLBACK";
  }

  /** From here until {@link release}, results arrive as text, whatever the user's pool requests. */
  acquire(): void {
    this.#isBinary = this.#fields.binary;
    this.#fields.binary = false;
  }

  release(): void {
    if (!this.isDirect) this.processId = undefined;
    this.lastUsedAt = performance.now();
    this.#fields.binary = this.#isBinary;
  }

  /** Changes whenever something is sent or received; undefined if no answer is due. */
  get pendingMark(): string | undefined {
    if (this.#requests === this.#responses) return undefined;
    const { bytesRead, writableLength } = this.client.connection.stream as Socket;
    return `${this.#requests} ${bytesRead} ${writableLength}`;
  }

  /** Closes a stalled connection. */
  abandon(): void {
    this.#recordError(
      new Error("Query read timeout: the server is not executing a statement of this connection"),
    );
    destroySocket(this.client);
  }

  /** Leaves the connection to the user's pool. A broken one keeps its listener, as it may still emit an error. */
  detach(): void {
    if (this.#broken === undefined) this.client.off("error", this.#recordError);
  }

  /**
   * Runs calls in order, in one round trip if the connection is pipelined. All of them are then sent whether or not the
   * previous ones succeed, and the first error is thrown when all have ended.
   */
  async run(calls: readonly Call[]): Promise<readonly Answer[]> {
    this.#requests++;
    this.#lastCommand = undefined;
    try {
      if (!this.#isPipelined) {
        const answers: Answer[] = [];
        for (const each of calls) {
          const answer = await this.#query(each);
          this.#lastCommand = answer.command;
          answers.push(answer);
        }
        return answers;
      }
      const last = calls.length - 1;
      const sent = this.#corked(() => calls.map((each, at) => this.#query(each, at === last)));
      const settled = await Promise.allSettled(sent);
      for (const each of settled)
        if (each.status === "fulfilled") this.#lastCommand = each.value.command;
      return settled.map((each) => {
        if (each.status === "rejected") throw each.reason;
        return each.value;
      });
    } finally {
      this.#responses++;
    }
  }

  /** As {@link run}, with one more call in the same packet, whose answer the others do not wait for. */
  runWith(calls: readonly Call[], last: Call): RunWithMore {
    return this.#corked(() => {
      const answers = this.run(calls);
      const ended = this.one(last).then(ignore, ignore);
      return { answers, ended };
    });
  }

  async one(each: Call): Promise<Answer> {
    this.#requests++;
    try {
      return await this.#query(each);
    } finally {
      this.#responses++;
    }
  }

  /** Sends several calls as one packet. */
  #corked<T>(send: () => T): T {
    const { stream } = this.client.connection;
    stream.cork();
    try {
      return send();
    } finally {
      stream.uncork();
    }
  }

  /** Answers arrive in order, so the timeout of the last call covers those before it. */
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
      if (each === this.#settingsCall) this.processId = result.rows[0]?.[0] as number;
      return { command: result.command, count: result.rowCount ?? 0, rows: result.rows };
    } catch (error) {
      if (isPreparedStatementLost(error)) this.#preparedStatements.areLost = true;
      if (isStatementError(error) && !isReadOnlyServer(error)) throw error;
      // After any other error the state of the connection is unknown; the first error is the cause.
      this.#recordError(error as Error);
      throw this.#broken;
    }
  }
}
