import type { Client, QueryArrayConfig, QueryArrayResult } from "pg";
import { isAnswer, isReadOnly } from "../sqlstate.ts";
import { ownTypes } from "./parsers.ts";
import type { Answer, Call } from "./statement.ts";

/** A connection, from the moment when the pool has it. */
export class Link {
  readonly client: Client;
  readonly #statementMs: number;
  /** The first error of the connection itself: it can't be used any more. */
  #broken: Error | undefined;
  #isSetUp = false;
  readonly #note = (error: Error): void => {
    this.#broken ??= error;
  };

  /** When it was last of use; by `performance.now()`. */
  heardAt = Number.POSITIVE_INFINITY;

  constructor(client: Client, statementMs: number) {
    this.client = client;
    this.#statementMs = statementMs;
    // Without a listener an idle connection's loss would end the process.
    client.on("error", this.#note);
  }

  get isSetUp(): boolean {
    return this.#isSetUp;
  }

  /** Sets what the connection is to keep. */
  async setUp(settings: Call): Promise<void> {
    await this.#query(settings);
    this.#isSetUp = true;
  }

  get broken(): Error | undefined {
    return this.#broken;
  }

  /** Whether calls can be sent before those in front of them are answered. */
  get isPipelined(): boolean {
    return (this.client as { readonly pipeline?: boolean }).pipeline === true;
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
    if (!this.isPipelined) {
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
  }

  async one(each: Call): Promise<Answer> {
    return this.#query(each);
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
  async #query({ statement, values }: Call, isLast = true): Promise<Answer> {
    const { name, text } = statement;
    const config: QueryArrayConfig & { query_timeout?: number } = {
      text,
      rowMode: "array",
      types: ownTypes,
    };
    if (name !== undefined) config.name = name;
    if (isLast) config.query_timeout = this.#statementMs;
    if (values.length > 0) config.values = values as unknown[];
    try {
      const result: QueryArrayResult<unknown[]> = await this.client.query(config);
      return { command: result.command, count: result.rowCount ?? 0, rows: result.rows };
    } catch (error) {
      // Whatever is not the server's own answer leaves it open where the connection stands.
      if (!isAnswer(error) || isReadOnly(error)) this.#note(error as Error);
      throw error;
    }
  }
}
