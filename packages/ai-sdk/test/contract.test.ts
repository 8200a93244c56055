import { adapterContract } from "@syntha/testing-model-server/contract";
import { chat, responses, runModes } from "./run-modes.ts";

// The AI SDK answers those itself, and names the tools that there are.
const otherwise = {
  "answers a call of an unknown tool":
    /Model tried to call unavailable tool 'send_email'.*list_context.*"keys":\[\]/,
};

for (const [name, perform] of Object.entries(runModes)) {
  for (const [api, modelOf] of Object.entries({ chat, responses }))
    adapterContract(`${name} (${api})`, (stage) => perform(stage, modelOf), {
      otherwise,
      isVariant: name !== "generateText" || api !== "chat",
    });
}
