import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Runtime } from "./local/runtime.ts";
import { writeTranscript } from "./local/transcript.ts";

const { values } = parseArgs({ options: { once: { type: "boolean", default: false } } });
const folder = await mkdtemp(join(tmpdir(), "syntha-edge-"));
try {
  console.log(
    "A Worker that serves agents of many tenants, in the runtime of Cloudflare Workers:\n",
  );
  await writeTranscript(join(folder, "transcript"), (line) => console.log(line));
  if (!values.once) await serve(join(folder, "served"));
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Serves until Ctrl-C. */
async function serve(objects: string): Promise<void> {
  const members = ["acme/Claude", "acme/Codex"];
  await using runtime = await Runtime.start({ members, folder: objects });
  const { token } = runtime.member("acme/Claude");
  console.log(`
Now it serves at ${runtime.url}, until Ctrl-C. As Claude of acme:

  claude mcp add --transport http syntha ${runtime.url}/mcp \\
    --header "Authorization: Bearer ${token}"

  curl -N ${runtime.url}/live \\
    -H "Authorization: Bearer ${token}"`);
  await new Promise((resolve) => process.once("SIGINT", resolve));
}
