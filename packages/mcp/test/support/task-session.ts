import type { JSONRPCMessage } from "@modelcontextprotocol/client";
import {
  type ApplicationElicitResult,
  createApplicationInputHandler,
  createTaskSessionFromClient,
  type TaskEnabledSession,
} from "@modelcontextprotocol/ext-tasks/client";
import type { JsonValue } from "@modelcontextprotocol/ext-tasks/core";
import type { AgentContext } from "@syntha/core";
import { onTestFinished } from "vitest";
import type { StdioOptions } from "../../src/stdio.ts";
import { connect, type Connected } from "./connect.ts";

type Answer = (message: string) => ApplicationElicitResult;

/** The client of the Tasks extension, connected to a server in this process. */
export async function openSession(
  agent: AgentContext,
  answer?: Answer,
  options: StdioOptions = {},
): Promise<TaskEnabledSession> {
  return sessionOf(await connect(agent, "modern", { toolsets: ["tasks"], ...options }), answer);
}

/** The client of the Tasks extension; its user answers the questions of tasks. */
export function sessionOf(
  { client, dispatch }: Connected,
  answer: Answer = () => ({ action: "cancel" }),
): TaskEnabledSession {
  const session = createTaskSessionFromClient(client, {
    endpointId: "test",
    v2RequestFraming: {
      protocolVersion: "2026-07-28",
      clientInfo: { name: "test", version: "1" },
      clientCapabilities: { elicitation: { form: {} } },
    },
    rawDispatch: async (request) => toResponse(await dispatch(request as object)),
    onInputRequest: createApplicationInputHandler({
      elicitation: ({ params: { message } }) => answer(typeof message === "string" ? message : ""),
      sampling: unexpected,
      roots: unexpected,
    }),
  });
  onTestFinished(() => session.close());
  return session;
}

function toResponse(message: JSONRPCMessage) {
  if ("error" in message) {
    const { code, message: text, data } = message.error;
    return {
      kind: "error" as const,
      error: { code, message: text, ...(data !== undefined && { data: data as JsonValue }) },
    };
  }
  if (!("result" in message)) throw new Error("Not a response.");
  return { kind: "result" as const, result: message.result as JsonValue };
}

function unexpected(): never {
  throw new Error("Only questions are expected.");
}
