import { createAnthropic } from "@ai-sdk/anthropic";
import { adapterContract } from "@syntha/testing-model-server/contract";
import { type ModelOf, vendorModes } from "./run-modes.ts";

const messages: ModelOf = ({ server }) =>
  createAnthropic({ baseURL: `${server.anthropicUrl}/v1`, apiKey: "any" })("played");

const otherwise = {
  // Anthropic's API parses arguments itself; what is no JSON never leaves it.
  "answers arguments that are not JSON": /`key` is missing/,
  "answers a call of an unknown tool": /Model tried to call unavailable tool 'send_email'/,
};

for (const [name, perform] of vendorModes)
  adapterContract(`${name} (Anthropic)`, (stage) => perform(stage, messages), {
    otherwise,
    isVariant: name !== "generateText",
  });
