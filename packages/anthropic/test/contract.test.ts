import { adapterContract } from "@syntha/testing-model-server/contract";
import { runModes } from "./run-modes.ts";

// The API parses arguments itself; what is no JSON never leaves it.
const noJson = { "answers arguments that are not JSON": /`key` is missing/ };
// The SDK's runner answers these itself.
const unknownTool = {
  "answers a call of an unknown tool": /^\["Error: Tool 'send_email' not found",/,
};

for (const [name, perform] of Object.entries(runModes)) {
  const isRunner = name.includes("runner");
  adapterContract(name, perform, {
    otherwise: { ...noJson, ...(isRunner && unknownTool) },
    isVariant: name !== "messages" && name !== "the tool runner",
  });
}
