import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { adapterContract } from "@syntha/testing-model-server/contract";
import { type ModelOf, vendorModes } from "./run-modes.ts";

/** The provider of version 7 sends JSON Schema; that of version 6, the API's own schema format. */
const gemini: ModelOf = ({ server }) =>
  createGoogleGenerativeAI({ baseURL: `${server.geminiUrl}/v1beta`, apiKey: "any" })("played");

const otherwise = {
  // Gemini's API parses arguments itself; what is no JSON never leaves it.
  "answers arguments that are not JSON": /`key` is missing/,
  "answers a call of an unknown tool": /Model tried to call unavailable tool 'send_email'/,
};

for (const [name, perform] of vendorModes)
  adapterContract(`${name} (Gemini)`, (stage) => perform(stage, gemini), {
    otherwise,
    isVariant: name !== "generateText",
  });
