import type { MessageParam } from "@anthropic-ai/sdk/resources/messages";
import type { BaseMessageLike } from "@langchain/core/messages";
import { ContextMesh } from "@syntha/core";
import { ContextThread, promptMessages } from "@syntha/prompts";
import type { ModelMessage } from "ai";
import type { ChatCompletionMessageParam } from "openai/resources/chat/completions";
import type { ResponseInputItem } from "openai/resources/responses/responses";

const mesh = new ContextMesh({ schema: { topics: ["support"] } });
const { messages } = await promptMessages(mesh.agent("Triage"), { system: "You are Triage." });

// These SDKs accept the messages unchanged.
export const chat: ChatCompletionMessageParam[] = [...messages];
export const responses: ResponseInputItem[] = [...messages];
export const aiSdk: ModelMessage[] = [...messages];
export const langchain: BaseMessageLike[] = [...messages];

// Anthropic accepts the system message separately.
export const anthropic: { system: string | undefined; messages: MessageParam[] } = {
  system: messages.find(({ role }) => role === "system")?.content,
  messages: messages.filter((one) => one.role === "user"),
};

const { message } = await new ContextThread(mesh.agent("Triage")).next();
export const appended: ChatCompletionMessageParam[] = message === undefined ? [] : [message];
