import type { Socket } from "node:net";
import type { Client, QueryArrayConfig, QueryArrayResult } from "pg";
import type { Settings } from "../settings.ts";
import { isAnswer, isReadOnly, isUnprepared } from "../sqlstate.ts";
import { ownTypes } from "./parsers.ts";
import { sever } from "./sever.ts";
import { sessionSettings, transactionSettings } from "./session-settings.ts";
import type { Answer, Call } from "./statement.ts";

/** Whether statements are prepared by name; some poolers lose them. Shared by the connections of a pool. */
export interface Preparation {
  isRefused: boolean;
}

/** How long the answer of the server may take after it has ended a statement that took too long. */
const ANSWER_MS = 1_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Fields of pg's client that its types lack. */
interface ClientFields {
  readonly processID: number | null;
  readonly pipeline?: boolean;
  readonly connectionParameters?: { readonly query_timeout?: unknown };
  binary: boolean;
}

/** A connection, from the moment when the pool has it. */
export class Link {
  readonly client: Client;
  readonly #settings: Settings;
  readonly #preparation: Preparation;
  readonly #createdAt = performance.now();
  readonly #isPipelined: boolean;
  readonly #timeoutMs: number;
  /** Whether a statement that is not given a time is given one by the user's pool. */
  readonly #isTimed: boolean;
  /** Whether the user's pool asks for results in binary. */
  #isBinary = false;
  /** The first error of the connection itself: it can't be used any more. */
  #broken: Error | undefined;
  #isSetUp = false;
  /** What each transaction begins with; nothing where the session keeps the settings. */
  #begin: readonly Call[];
  /** Round trips that were begun, and that have ended. */
  #asked = 0;
  #answered = 0;
  /** The process of the server that does the statements; undefined while that is not known. */
  processId: number | undefined;
  /** When it was last of use; by `performance.now()`. */
  heardAt = Number.POSITIVE_INFINITY;
  readonly #note = (error: Error): void => {
    this.#broken ??= error;
  };

  constructor(client: Client, settings: Settings, preparation: Preparation = { isRefused: false }) {
    this.client = client;
    this.#settings = settings;
    this.#preparation = preparation;
    const { pipeline, connectionParameters } = this.#fields;
    this.#isPipelined = pipeline === true;
    this.#timeoutMs = Math.min(settings.statementMs + ANSWER_MS, LONGEST_TIMER_MS);
    this.#isTimed = Boolean(connectionParameters?.query_timeout);
    this.#begin = [transactionSettings(settings)];
    // Without a listener an idle connection's loss would end the process.
    client.on("error", this.#note);
  }

  get #fields(): ClientFields {
    return this.client as unknown as ClientFields;
  }

  get isSetUp(): boolean {
    return this.#isSetUp;
  }

  /** Whether a process of the server is this connection's alone, as no pooler stands between. Known once it is set up. */
  get isDirect(): boolean {
    return this.#begin.length === 0;
  }

  get begin(): readonly Call[] {
    return this.#begin;
  }

  /** Sets for the session what each transaction would have to set, if the session is this connection's alone. */
  async setUp(): Promise<void> {
    const { processID } = this.#fields;
    // Connecting may have taken as long.
    const ageMs = Math.ceil(performance.now() - this.#createdAt) + this.#settings.busyMs;
    const { rows } = await this.one(sessionSettings(this.#settings, processID, ageMs));
    if (rows[0]?.[0] === true) {
      this.#begin = [];
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
  enter(): void {
    this.#isBinary = this.#fields.binary;
    this.#fields.binary = false;
  }

  leave(): void {
    if (!this.isDirect) this.processId = undefined;
    this.heardAt = performance.now();
    this.#fields.binary = this.#isBinary;
  }

  /** Changes whenever something is sent or received; undefined when no answer is due. */
  get waitMark(): string | undefined {
    if (this.#asked === this.#answered) return undefined;
    const { bytesRead, writableLength } = this.client.connection.stream as Socket;
    return `${this.#asked} ${bytesRead} ${writableLength}`;
  }

  /** Ends a stalled connection. */
  giveUp(): void {
    this.#note(
      new Error("Query read timeout: the server is not executing a statement of this connection"),
    );
    sever(this.client);
  }

  /** Leaves a connection to the pool that it belongs to; one that is broken may still have an error. */
  detach(): void {
    if (this.#broken === undefined) this.client.off("error", this.#note);
  }

  /**
   * Runs calls in their order, in one round trip where the connection can: then all of them are sent, whether those
   * before them succeed or not, and the first error is thrown when all have ended.
   */
  async run(calls: readonly Call[]): Promise<readonly Answer[]> {
    this.#asked++;
    try {
      if (!this.#isPipelined) {
        const answers: Answer[] = [];
        for (const each of calls) answers.push(await this.#query(each));
        return answers;
      }
      const last = calls.length - 1;
      const sent = this.#together(() => calls.map((each, at) => this.#query(each, at === last)));
      const settled = await Promise.allSettled(sent);
      return settled.map((each) => {
        if (each.status === "rejected") throw each.reason;
        return each.value;
      });
    } finally {
      this.#answered++;
    }
  }

  async one(each: Call): Promise<Answer> {
    this.#asked++;
    try {
      return await this.#query(each);
    } finally {
      this.#answered++;
    }
  }

  /** Sends as one packet what would be one for each call. */
  #together<T>(send: () => T): T {
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
      types: ownTypes,
    };
    if (name !== undefined && !this.#preparation.isRefused) config.name = name;
    if (isLast || this.#isTimed) config.query_timeout = this.#timeoutMs;
    if (values.length > 0) config.values = values as unknown[];
    try {
      const result: QueryArrayResult<unknown[]> = await this.client.query(config);
      if (each === this.#begin[0]) this.processId = result.rows[0]?.[0] as number;
      return { command: result.command, count: result.rowCount ?? 0, rows: result.rows };
    } catch (error) {
      if (isUnprepared(error)) this.#preparation.isRefused = true;
      if (isAnswer(error) && !isReadOnly(error)) throw error;
      // Whatever is not the server's own answer leaves it open where the connection stands; what ended it says why.
      this.#note(error as Error);
      throw this.#broken;
    }
  }
}
