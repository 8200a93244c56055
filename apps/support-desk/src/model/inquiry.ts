import { promptMessages } from "@syntha/prompts";
import type { ToolHandlerOptions } from "@syntha/tools";

import type { Occasion } from "../mind.ts";
import type { Duty } from "./duties/duty.ts";
import { HandIn } from "./hand-in.ts";
import { HeardFetch } from "./heard-fetch.ts";
import { type HeardCall, HeardHandler } from "./heard-handler.ts";
import type { ContextWay } from "./model-choice.ts";
import type { ModelRun } from "./model-run.ts";
import type { TranscriptEntry } from "./transcript.ts";
import { UndecidedError } from "./undecided-error.ts";

/** What a model has of its agent's tools: it reads. All that is written, the desk's own code writes. */
const READS: ToolHandlerOptions<""> = { role: ["get_context", "list_context"] };
/** Messages of a model for one decision: reading, deciding, and mending it a few times. */
const MOST_TURNS = 8;
const LONGEST_MS = 120_000;
/** Tokens of an item in a prompt; a longer one is named there, and read by the tool. */
const MOST_CONTEXT = 8_000;
/** How calls of tools that there are not are counted, whatever a model names them. */
const UNKNOWN = "unknown tool";

type Prompts = { system: string; prompt: string };

/** One decision that a model is asked for: what it has for it, and all that is heard of it. */
export class Inquiry<Told, Known, Decision> {
  readonly #at: Occasion;
  readonly #context: ContextWay;
  readonly #calls: HeardCall[] = [];
  readonly #counts = { requests: 0, refused: 0, inputTokens: 0, outputTokens: 0 };
  readonly #handIn: HandIn<Told, Known, Decision>;
  #prompts: Prompts;
  #said = "";
  #error: Error | undefined;
  #ms = 0;

  constructor(duty: Duty<Told, Known, Decision>, known: Known, at: Occasion, context: ContextWay) {
    this.#at = at;
    this.#context = context;
    this.#prompts = { system: duty.system, prompt: duty.prompt(at.key) };
    this.#handIn = new HandIn(duty, known, (call) => this.#calls.push(call));
  }

  /** Never rejects: `decision` and `failure` tell how it ended. */
  async ask(run: ModelRun, toFailure: (error: unknown) => Error): Promise<void> {
    const { signal } = this.#at;
    const heard = new HeardFetch(({ status, tokens }) => {
      this.#counts.requests += 1;
      this.#counts.refused += status === undefined || status >= 400 ? 1 : 0;
      this.#counts.inputTokens += tokens.input;
      this.#counts.outputTokens += tokens.output;
    });
    const limit = AbortSignal.timeout(LONGEST_MS);
    const started = performance.now();
    try {
      if (this.#context === "prompt") this.#prompts = await this.#withItem();
      this.#said = await run({
        ...this.#prompts,
        handler: this.#handler(),
        tool: this.#handIn.tool,
        isOver: this.#handIn.isOver,
        mostTurns: MOST_TURNS,
        signal: AbortSignal.any([signal, limit]),
        fetch: heard.fetch,
      });
    } catch (error) {
      this.#error = limit.aborted
        ? new UndecidedError(`The model took longer than ${LONGEST_MS / 1_000} s.`)
        : toFailure(error);
    }
    await heard.settled();
    this.#ms = performance.now() - started;
    this.#count();
  }

  get decision(): { value: Decision } | undefined {
    return this.#handIn.decision;
  }

  /** Why there is no decision. What goes wrong behind a decision takes nothing back. */
  get failure(): Error | undefined {
    if (this.decision !== undefined) return undefined;
    if (this.#error !== undefined) return this.#error;
    const { problem } = this.#handIn;
    if (problem !== undefined) return new UndecidedError(`The model decided wrongly: ${problem}`);
    const said = this.#said === "" ? "" : ` The last that it said: ${this.#said.slice(0, 200)}`;
    return new UndecidedError(
      `The model came to no decision in ${this.#counts.requests} requests and ${this.#calls.length} calls.${said}`,
    );
  }

  entry(model: string): TranscriptEntry {
    const { requests, inputTokens, outputTokens } = this.#counts;
    return {
      at: new Date().toISOString(),
      agent: this.#at.who.name,
      key: this.#at.key,
      model,
      ...this.#prompts,
      calls: this.#calls,
      said: this.#said,
      decision: this.decision?.value ?? null,
      failure: this.failure?.message ?? null,
      requests,
      inputTokens,
      outputTokens,
      ms: Math.round(this.#ms),
    };
  }

  /** The item as its agent sees it, fenced, behind the instructions how to read it: one request less, and no tool. */
  async #withItem(): Promise<Prompts> {
    const { who, key } = this.#at;
    const { system, prompt } = this.#prompts;
    const budget = { tokens: MOST_CONTEXT };
    const asked = { system, message: prompt, keys: [key], budget };
    const { messages } = await promptMessages(who.agent, asked);
    const contentOf = (role: string): string =>
      messages.find((message) => message.role === role)?.content ?? "";
    return { system: contentOf("system"), prompt: contentOf("user") };
  }

  #handler(): HeardHandler {
    const { agent, meter } = this.#at.who;
    const handler = new HeardHandler(agent, READS, (call, ms) => {
      this.#calls.push(call);
      const isRefused = !("success" in call.answer && call.answer.success === true);
      meter.add(handler.knows(call.tool) ? call.tool : UNKNOWN, ms, isRefused);
    });
    return handler;
  }

  #count(): void {
    const {
      who: { meter, name },
      signal,
    } = this.#at;
    // One that was interrupted came to nothing through no fault of the model's.
    const undecided = signal.aborted ? 0 : 1;
    meter.model.time(name, this.#ms);
    meter.model.add(name, {
      ...this.#counts,
      calls: this.#calls.length,
      wrong: this.#handIn.wrong,
      ...(this.decision === undefined ? { undecided } : { decisions: 1 }),
    });
  }
}
