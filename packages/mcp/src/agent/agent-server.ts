import { type McpRequestContext, Server } from "@modelcontextprotocol/server";
import type { AgentContext, MeshSchema } from "@syntha/core";
import { toMs } from "@syntha/core/storage";
import { type Effect, type ToolCaller, ToolHandler } from "@syntha/tools";
import { ChangeBus } from "../changes/change-bus.ts";
import { serveCompletions } from "../completions/serve-completions.ts";
import { servePrompts } from "../prompts/serve-prompts.ts";
import { DELEGATE_TASK } from "../tasks/delegate-task.ts";
import { serveTasks } from "../tasks/serve-tasks.ts";
import { Approvals } from "../tools/approvals.ts";
import { RESOURCE_CACHE_HINTS } from "../resources/cache-hints.ts";
import { serveResources } from "../resources/serve-resources.ts";
import { serveTools } from "../tools/serve-tools.ts";
import { ToolEffects } from "../tools/tool-effects.ts";
import { instructionsFor } from "./instructions.ts";
import { type AgentServerOptions, toToolOptions, type TraceContext } from "./options.ts";
import { VERSION } from "./version.ts";

/** Serves one agent of a mesh to the MCP clients that act as it. */
export class AgentServer {
  readonly agent: AgentContext;
  readonly tools: ToolCaller;
  readonly approvals: Approvals;
  readonly options: AgentServerOptions;
  /** Milliseconds between reports of progress. */
  readonly progressMs: number;
  readonly traceContext: TraceContext;
  /** What changes for this agent; it watches the mesh while a client listens. */
  readonly bus: ChangeBus;
  readonly #effects: ToolEffects;

  /** @param onError receives errors of the feed of changes, which no request can be answered with */
  constructor(
    agent: AgentContext<MeshSchema>,
    options: AgentServerOptions,
    onError?: (error: Error) => void,
  ) {
    const { approval, approvalKey, progressEvery, wrapTools, traceContext } = options;
    this.options = options;
    this.agent = agent as unknown as AgentContext;
    const handler = new ToolHandler(agent, toToolOptions(options));
    this.tools = wrapTools === undefined ? handler : wrapTools(handler);
    this.#effects = new ToolEffects(this.tools);
    this.bus = new ChangeBus(this.agent, onError);
    this.approvals = new Approvals(this.agent, approval ?? "allow", approvalKey);
    this.progressMs = toMs("progressEvery", progressEvery ?? "5s");
    this.traceContext = traceContext ?? ((_, run) => run());
  }

  /** Whether the agent may delegate tasks: it may do the same by pushing items itself. */
  get delegates(): boolean {
    return !this.agent.isSystem && this.tools.can("hand_off_task");
  }

  /** What a call of a tool can do; undefined if the agent may not call it now. */
  effectOf(tool: string): Effect | undefined {
    return this.delegates && tool === DELEGATE_TASK.name ? "write" : this.#effects.of(tool);
  }

  /** A server of the SDK, for one connection over stdio, or for one request over HTTP. */
  create(context: McpRequestContext): Server {
    const info = { name: "syntha", version: VERSION, ...this.options.serverInfo };
    const server = new Server(info, {
      instructions: instructionsFor(this.agent, this.tools),
      cacheHints: RESOURCE_CACHE_HINTS,
      requestState: { verify: this.approvals.verify },
    });
    serveTools(server, this);
    serveResources(server, this, context);
    servePrompts(server, this);
    serveCompletions(server, this);
    if (context.era === "modern" && this.delegates) serveTasks(server, this);
    return server;
  }
}
