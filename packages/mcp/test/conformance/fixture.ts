import {
  type McpRequestContext,
  ResourceNotFoundError,
  type Result,
  type Server,
  type ServerContext,
  type ServerNotifier,
  type Tool,
} from "@modelcontextprotocol/server";
import { PROMPTS, promptList } from "./prompts.ts";
import { states } from "./questions.ts";
import { readTestResource, resourceList, templateList } from "./resources.ts";
import { TOOLS } from "./tools.ts";

type Handler = (
  request: { method: string; params?: object | undefined },
  context: ServerContext,
) => Promise<Result>;

/** What the SDK's server keeps for itself: the handlers under ours, and the check of states. */
interface Internals {
  readonly _requestHandlers: Map<string, Handler>;
  _requestStateVerify?: (state: string, context: ServerContext) => unknown;
}

const toolList: Tool[] = Object.keys(TOOLS).map((name) => ({
  name,
  description: "For the conformance scenarios.",
  inputSchema: { type: "object" },
}));

/**
 * Adds the tools, resources, prompts and completions that the conformance scenarios look for by name to a server of ours.
 * Everything else goes to the server's own handlers, whose lists come first.
 *
 * @param notify says on the server's listen streams that a list has changed
 */
export function addFixture(
  server: Server,
  { era }: McpRequestContext,
  notify: ServerNotifier,
): Server {
  const internals = server as unknown as Internals;
  const own = (method: string): Handler | undefined => internals._requestHandlers.get(method);
  const before = internals._requestStateVerify?.bind(server);
  internals._requestStateVerify = async (state, context) => {
    try {
      return await states.verify(state, context);
    } catch (error) {
      if (before === undefined) throw error;
      return before(state, context);
    }
  };
  server.registerCapabilities({
    tools: {},
    prompts: {},
    completions: {},
    resources: era === "legacy" ? { subscribe: true } : {},
    // The current revision has replaced it by a level in each request.
    ...(era === "legacy" && { logging: {} }),
  });

  const listTools = own("tools/list");
  server.setRequestHandler("tools/list", async (request, context) => {
    const listed = await listTools?.(request, context);
    return { ...listed, tools: [...((listed?.["tools"] as Tool[]) ?? []), ...toolList] };
  });
  const callTool = own("tools/call");
  server.setRequestHandler("tools/call", async (request, context) => {
    const tool = Object.hasOwn(TOOLS, request.params.name) && TOOLS[request.params.name];
    if (tool) return tool(context, notify);
    return (await callTool!(request, context)) as never;
  });

  const listPrompts = own("prompts/list");
  server.setRequestHandler("prompts/list", async (request, context) => {
    const listed = await listPrompts?.(request, context);
    return { ...listed, prompts: [...((listed?.["prompts"] as []) ?? []), ...promptList] };
  });
  const getPrompt = own("prompts/get");
  server.setRequestHandler("prompts/get", async (request, context) => {
    const { name, arguments: args = {} } = request.params;
    const prompt = Object.hasOwn(PROMPTS, name) && PROMPTS[name];
    if (prompt) return prompt.render(context, args);
    return (await getPrompt!(request, context)) as never;
  });
  const complete = own("completion/complete");
  server.setRequestHandler("completion/complete", async (request, context) => {
    const { ref } = request.params;
    if (ref.type === "ref/prompt" && Object.hasOwn(PROMPTS, ref.name))
      return { completion: { values: [`${request.params.argument.value}ing`] } };
    return (await complete!(request, context)) as never;
  });

  const listResources = own("resources/list");
  server.setRequestHandler("resources/list", async (request, context) => {
    const listed = await listResources?.(request, context);
    return { ...listed, resources: [...((listed?.["resources"] as []) ?? []), ...resourceList] };
  });
  const listTemplates = own("resources/templates/list");
  server.setRequestHandler("resources/templates/list", async (request, context) => {
    const listed = await listTemplates?.(request, context);
    const templates = (listed?.["resourceTemplates"] as []) ?? [];
    return { ...listed, resourceTemplates: [...templates, ...templateList] };
  });
  const readResource = own("resources/read");
  server.setRequestHandler("resources/read", async (request, context) => {
    const { uri } = request.params;
    const found = readTestResource(uri);
    if (found !== undefined) return found;
    if (readResource === undefined) throw new ResourceNotFoundError(uri);
    return (await readResource(request, context)) as never;
  });
  if (era === "legacy") {
    // A server without sessions has no client to notify: that it accepts them is all that the scenarios check.
    server.setRequestHandler("resources/subscribe", () => ({}));
    server.setRequestHandler("resources/unsubscribe", () => ({}));
  }
  return server;
}
