import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Runtime } from "./local/runtime.ts";
import { writeTranscript } from "./local/transcript.ts";

const { values } = parseArgs({ options: { once: { type: "boolean", default: false } } });
const folder = mkdtempSync(join(tmpdir(), "syntha-edge-"));
// Also when a signal ends the process: the runtime's own handlers exit without waiting.
process.once("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const)
  process.once(signal, () => process.exit(code));

console.log("A Worker that serves agents of many tenants, in the runtime of Cloudflare Workers:\n");
await writeTranscript(join(folder, "transcript"), (line) => console.log(line));
if (!values.once) await serve(join(folder, "served"));

/** Serves until a signal ends the process. */
async function serve(objects: string): Promise<void> {
  const members = ["acme/Claude", "acme/Codex"];
  const runtime = await Runtime.start({ members, folder: objects });
  const { token } = runtime.member("acme/Claude");
  console.log(`
Now it serves at ${runtime.url}, until Ctrl-C. As Claude of acme:

  claude mcp add --transport http syntha ${runtime.url}/mcp \\
    --header "Authorization: Bearer ${token}"

  curl -N ${runtime.url}/live \\
    -H "Authorization: Bearer ${token}"`);
}
