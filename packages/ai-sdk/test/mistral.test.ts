import { createMistral } from "@ai-sdk/mistral";
import { adapterContract } from "@syntha/testing-model-server/contract";
import { type ModelOf, vendorModes } from "./run-modes.ts";

const mistral: ModelOf = ({ server }) =>
  createMistral({ baseURL: `${server.mistralUrl}/v1`, apiKey: "any" })("played");

const otherwise = {
  "answers a call of an unknown tool": /Model tried to call unavailable tool 'send_email'/,
};

for (const [name, perform] of vendorModes)
  adapterContract(`${name} (Mistral)`, (stage) => perform(stage, mistral), {
    otherwise,
    isVariant: name !== "generateText",
  });
