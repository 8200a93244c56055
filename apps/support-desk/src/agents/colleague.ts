import { setTimeout as wait } from "node:timers/promises";

import {
  type AgentContext,
  type CompleteOptions,
  isSynthaError,
  type JsonValue,
} from "@syntha/core";
import {
  type ToolAnswer,
  type ToolArguments,
  type ToolFailure,
  ToolHandler,
  type ToolHandlerOptions,
  type ToolName,
  type ToolResults,
} from "@syntha/tools";

import { DeskError } from "../desk/desk-error.ts";
import type { WorkMeter } from "../measure/work-meter.ts";
import { takeTurns } from "./turn.ts";

const MOST_TRIES = 8;
const FIRST_WAIT_MS = 50;
/** Keys that one call may name. */
const MOST_KEYS = 100;

/** An agent of the desk: what it does on the mesh, it does by tool calls. */
export class Colleague {
  /** For what no tool does: waiting for news, and events in the commit that completes work. */
  readonly agent: AgentContext;
  readonly #handler: ToolHandler;
  readonly meter: WorkMeter;

  constructor(agent: AgentContext, tools: ToolHandlerOptions, meter: WorkMeter) {
    this.agent = agent;
    this.#handler = new ToolHandler(agent, tools);
    this.meter = meter;
  }

  get name(): string {
    return this.agent.name;
  }

  /** Calls a tool that is to succeed. */
  async call<N extends ToolName>(tool: N, args: ToolArguments[N]): Promise<ToolResults[N]> {
    const answer = await this.attempt(tool, args);
    if (answer.success) return answer;
    throw new DeskError(`${this.name} called ${tool}: ${answer.error}`, answer.hint, answer.code);
  }

  /**
   * Calls a tool that may be refused. Repeats a call that nobody knows the outcome of: all calls of this desk may
   * happen twice, since a push says `if_revision: 0` and a completion holds a token.
   */
  async attempt<N extends ToolName>(
    tool: N,
    args: ToolArguments[N],
  ): Promise<ToolResults[N] | ToolFailure> {
    for (let tries = 1; ; tries++) {
      await takeTurns();
      const started = performance.now();
      const answer: ToolAnswer = await this.#handler.handleToolCall(tool as string, args);
      this.meter.add(tool, performance.now() - started, !answer.success);
      if (answer.success) return answer as ToolResults[N];
      const isWorthRepeating = answer.retry === "same_call" || answer.code === "UNKNOWN_OUTCOME";
      if (!isWorthRepeating || tries === MOST_TRIES) return answer;
      await wait(FIRST_WAIT_MS * 2 ** (tries - 1));
    }
  }

  /** Pushes what is pushed once. False when the key is there already. */
  async pushNew(args: Omit<ToolArguments["push_context"], "if_revision">): Promise<boolean> {
    const answer = await this.attempt("push_context", { ...args, if_revision: 0 });
    if (answer.success) return true;
    if (answer.code === "CONFLICT") return false;
    const message = `${this.name} can't push "${args.key}": ${answer.error}`;
    throw new DeskError(message, answer.hint, answer.code);
  }

  /** Values by key, without those that this agent does not see. */
  async read(keys: readonly string[]): Promise<Map<string, JsonValue>> {
    const found = new Map<string, JsonValue>();
    for (let from = 0; from < keys.length; from += MOST_KEYS) {
      const named = keys.slice(from, from + MOST_KEYS);
      for (let page: string | null = null; ;) {
        const answer: ToolResults["get_context"] = await this.call("get_context", {
          keys: named,
          page,
        });
        for (const [key, value] of Object.entries(answer.context)) found.set(key, value);
        // A value that is more than a whole answer may hold comes when it is asked for alone.
        for (const key of answer.too_large) {
          const { context } = await this.call("get_context", { keys: [key] });
          for (const value of Object.values(context)) found.set(key, value);
        }
        page = answer.next_page;
        if (page === null) break;
      }
    }
    return found;
  }

  /** All keys with this beginning that this agent sees. */
  async *keys(prefix: string): AsyncGenerator<readonly string[]> {
    for (let page: string | null = null; ;) {
      const answer: ToolResults["list_context"] = await this.call("list_context", { prefix, page });
      yield answer.keys;
      page = answer.next_page;
      if (page === null) return;
    }
  }

  /**
   * Completes work and publishes events in the same commit. `complete_task` takes no events, and an event published
   * by a call of its own could be lost or told twice when the process is killed in between: so this one step uses the
   * mesh's own lease. False when the lease was lost, and so is somebody else's by now.
   */
  async finish(
    task: { key: string; token: string },
    result: unknown,
    options: CompleteOptions,
  ): Promise<boolean> {
    const started = performance.now();
    let isLost = false;
    try {
      await this.agent.lease(task.key, task.token).complete(result, options);
    } catch (error) {
      isLost = isSynthaError(error, "STALE_TOKEN");
      if (!isLost) throw error;
    }
    this.meter.add(COMPLETION, performance.now() - started, isLost);
    if (!isLost) this.meter.complete(this.name);
    return !isLost;
  }
}

/** How `finish` is called among the tool calls. */
export const COMPLETION = "lease.complete";
