import {
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  type InputRequiredResult,
  inputRequired,
  MissingRequiredClientCapabilityError,
  type ServerContext,
  type ServerNotifier,
} from "@modelcontextprotocol/server";
import { setTimeout as pause } from "node:timers/promises";
import { audio, image, resource, text } from "./content.ts";
import { askFor, askModel, missing } from "./questions.ts";

type Run = (
  context: ServerContext,
  notify: ServerNotifier,
) => CallToolResult | InputRequiredResult | Promise<CallToolResult | InputRequiredResult>;

const done = text("Done.");

/** The tools that the scenarios call, by the names that they look for. */
export const TOOLS: Readonly<Record<string, Run>> = {
  test_simple_text: () => ({ content: [text("This is a simple text response for testing.")] }),
  test_image_content: () => ({ content: [image] }),
  test_audio_content: () => ({ content: [audio] }),
  test_embedded_resource: () => ({
    content: [
      resource("test://embedded-resource", "text/plain", "This is an embedded resource content."),
    ],
  }),
  test_multiple_content_types: () => ({
    content: [
      text("Multiple content types test:"),
      image,
      resource("test://mixed-content-resource", "application/json", '{"test":"data","value":123}'),
    ],
  }),
  test_error_handling: () => ({
    isError: true,
    content: [text("This tool intentionally returns an error for testing")],
  }),
  test_tool_with_progress: async ({ mcpReq }) => {
    const progressToken = mcpReq._meta?.progressToken;
    for (const progress of [0, 50, 100]) {
      if (progressToken !== undefined) {
        const params = { progressToken, progress, total: 100 };
        await mcpReq.notify({ method: "notifications/progress", params });
      }
      await pause(50);
    }
    return { content: [done] };
  },
  test_tool_with_logging: async ({ mcpReq }) => {
    for (const message of ["started", "processing data", "completed"]) {
      await mcpReq.log("info", `Tool execution ${message}`);
      await pause(50);
    }
    return { content: [done] };
  },
  test_logging_tool: async ({ mcpReq }) => {
    await mcpReq.log("info", "Only for clients that asked for a level");
    return { content: [done] };
  },
  test_missing_capability: (context) => {
    if (capabilitiesOf(context).sampling === undefined)
      throw new MissingRequiredClientCapabilityError({ requiredCapabilities: { sampling: {} } });
    return { content: [done] };
  },
  test_trigger_tool_change: (_context, notify) => {
    notify.toolsChanged();
    return { content: [done] };
  },
  test_trigger_prompt_change: (_context, notify) => {
    notify.promptsChanged();
    return { content: [done] };
  },
  test_streaming_elicitation: (context) =>
    answered(context, { user_name: askFor("What is your name?", "name") }),
  test_input_required_result_elicitation: (context) =>
    answered(context, { user_name: askFor("What is your name?", "name") }),
  test_input_required_result_sampling: (context) =>
    answered(context, { capital_question: askModel("What is the capital of France?", 100) }),
  test_input_required_result_list_roots: (context) =>
    answered(context, { client_roots: inputRequired.listRoots() }),
  test_input_required_result_request_state: (context) =>
    answered(context, { confirm: askFor("Please confirm", "ok", "boolean") }, "asked"),
  test_input_required_result_tampered_state: (context) =>
    answered(context, { confirm: askFor("Please confirm", "ok", "boolean") }, "asked"),
  test_input_required_result_multiple_inputs: (context) => {
    const requests = {
      user_name: askFor("What is your name?", "name"),
      greeting: askModel("Generate a greeting", 50),
      client_roots: inputRequired.listRoots(),
    };
    return answered(context, requests, "asked");
  },
  test_input_required_result_multi_round: async (context) => {
    const step1 = { step1: askFor("Step 1: What is your name?", "name") };
    const step2 = { step2: askFor("Step 2: What is your favorite color?", "color") };
    const state = context.mcpReq.requestState<string>();
    if (state !== "step 2") {
      const first = await missing(context, step1, "step 1");
      if (first !== undefined) return first;
    }
    return answered(context, step2, "step 2");
  },
  test_input_required_result_capabilities: (context) => {
    const { elicitation, sampling } = capabilitiesOf(context);
    return answered(context, {
      ...(elicitation && { user_name: askFor("What is your name?", "name") }),
      ...(sampling && { greeting: askModel("Generate a greeting", 50) }),
    });
  },
};

async function answered(
  context: ServerContext,
  requests: Parameters<typeof missing>[1],
  state?: string,
): Promise<CallToolResult | InputRequiredResult> {
  return (await missing(context, requests, state)) ?? { content: [text("Hello! state-ok")] };
}

function capabilitiesOf({ mcpReq }: ServerContext): ClientCapabilities {
  const envelope = mcpReq.envelope as Record<string, ClientCapabilities | undefined> | undefined;
  return envelope?.[CLIENT_CAPABILITIES_META_KEY] ?? {};
}
