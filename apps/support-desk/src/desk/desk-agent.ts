import { setImmediate as nextTurn, setTimeout as wait } from "node:timers/promises";

import {
  type AgentContext,
  type CompleteOptions,
  ContextMesh,
  isSynthaError,
  type Storage,
} from "@syntha/core";
import {
  type ToolAnswer,
  type ToolArguments,
  type ToolFailure,
  ToolHandler,
  type ToolName,
  type ToolResults,
} from "@syntha/tools";

import { DeskError } from "../desk-error.ts";
import { Meter } from "./meter.ts";
import { SPECIALIST, STAFF } from "./roster.ts";

export type Task = NonNullable<ToolResults["claim_task"]["task"]>;

/** The mesh is one tenant of its storage. */
export const TENANT = "support-desk";
/** The name of `finish` among the tool calls of the report. */
const COMPLETION = "lease.complete";

const MAX_TRIES = 8;
const FIRST_WAIT_MS = 50;
const MAX_TURN_MS = 10;

/** The mesh and the meter that the agents of one process share. */
export class Workplace {
  readonly mesh: ContextMesh;
  readonly meter = new Meter();

  constructor(storage: Storage) {
    // Progress is counted by the events of every run, so they are kept as long as their tickets.
    this.mesh = new ContextMesh({ tenantId: TENANT, storage, retention: { events: false } });
  }

  /** Returns an agent with the tools and the permissions of its post. */
  async agent(name: string): Promise<DeskAgent> {
    const { tools, permissions } = STAFF[name] ?? SPECIALIST;
    await this.mesh.setPermissions(name, permissions);
    const context = this.mesh.agent(name);
    return new DeskAgent(context, new ToolHandler(context, tools), this.meter);
  }
}

/** An agent of the desk. It acts on the mesh by tool calls. */
export class DeskAgent {
  /** For what no tool does: watches, and events in the commit that completes a task. */
  readonly context: AgentContext;
  readonly meter: Meter;
  readonly #handler: ToolHandler;

  constructor(context: AgentContext, handler: ToolHandler, meter: Meter) {
    this.context = context;
    this.meter = meter;
    this.#handler = handler;
  }

  get name(): string {
    return this.context.name;
  }

  /** @throws DeskError if the call fails */
  async call<N extends ToolName>(tool: N, args: ToolArguments[N]): Promise<ToolResults[N]> {
    const answer = await this.attempt(tool, args);
    if (answer.success) return answer;
    throw new DeskError(`${this.name} called ${tool}: ${answer.error}`, answer.hint, answer.code);
  }

  /** Repeats a call with an unknown outcome: all calls may happen twice, because they pass a revision or a token. */
  async attempt<N extends ToolName>(
    tool: N,
    args: ToolArguments[N],
  ): Promise<ToolResults[N] | ToolFailure> {
    for (let tries = 1; ; tries++) {
      await yieldToEventLoop();
      const started = performance.now();
      const answer: ToolAnswer = await this.#handler.handleToolCall(tool as string, args);
      this.count(tool, started, answer.success);
      if (answer.success) return answer as ToolResults[N];
      const mayPass = answer.retry === "same_call" || answer.code === "UNKNOWN_OUTCOME";
      if (!mayPass || tries === MAX_TRIES) return answer;
      await wait(FIRST_WAIT_MS * 2 ** (tries - 1));
    }
  }

  count(call: string, started: number, success: boolean): void {
    const counts = { calls: 1, refused: success ? 0 : 1 };
    this.meter.add("call", call, counts, performance.now() - started);
  }

  /** Creates an item. Returns false if its key exists. */
  async pushNew(args: Omit<ToolArguments["push_context"], "if_revision">): Promise<boolean> {
    const answer = await this.attempt("push_context", { ...args, if_revision: 0 });
    if (answer.success || answer.code === "CONFLICT") return answer.success;
    throw new DeskError(`${this.name} cannot push "${args.key}": ${answer.error}`, answer.hint);
  }

  /**
   * Completes a task and publishes events in the same commit, which the tool `complete_task` cannot: an event published
   * separately could be lost or repeated by a crash. Does nothing if the lease was lost.
   */
  async finish(
    { key, token }: Task,
    result: unknown,
    options: CompleteOptions = {},
  ): Promise<void> {
    const started = performance.now();
    try {
      await this.context.lease(key, token).complete(result, options);
    } catch (error) {
      if (!isSynthaError(error, "STALE_TOKEN")) throw error;
      return this.count(COMPLETION, started, false);
    }
    this.count(COMPLETION, started, true);
    this.meter.add("task", this.name, { completed: 1 });
  }
}

let turnEndsAt = 0;

/** Rules decide and SQLite answers without waiting: without this, no timer and no signal would be handled. */
async function yieldToEventLoop(): Promise<void> {
  if (performance.now() < turnEndsAt) return;
  await nextTurn();
  turnEndsAt = performance.now() + MAX_TURN_MS;
}
