// Shows: permissions to post, subscribe and address agents, enforced by the mesh.
// Look at: tools and code are refused alike; a role restricts tools, a permission restricts topics.

import { ContextMesh, isSynthaError } from "@syntha/core";
import { ToolHandler } from "@syntha/tools";
import { printTable } from "../print/table.ts";

const mesh = new ContextMesh();
const bot = mesh.agent("Bot");
await bot.subscribe(["sales", "salaries"]);
await mesh.agent("Payroll").push("salary:ann", 4_200, { topics: ["salaries"] });
const printView = async (): Promise<void> => {
  const [topics, keys] = [await bot.subscriptions(), await bot.keys()];
  console.log(`  Bot subscribes to ${topics.join(", ")}; it sees ${keys.join(", ") || "nothing"}.`);
};
console.log("Before:");
await printView();

// Everything else is denied, and subscriptions that are no longer allowed end at once.
await mesh.setPermissions("Bot", { post: ["sales"], subscribe: ["sales"] });
console.log("With permission for the topic sales only:");
await printView();

const clerk = new ToolHandler(bot, { role: "contributor" });
const reader = new ToolHandler(bot, { role: "readonly" });

async function byTool(handler: ToolHandler, tool: string, args: object): Promise<string> {
  const answer = await handler.handleToolCall(tool, args);
  return answer.success ? "done" : answer.code;
}
async function byCode(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => "done",
    (error: unknown) => (isSynthaError(error) ? error.code : String(error)),
  );
}

const pushes = [
  { to: "the topic sales", route: { topics: ["sales"] } },
  { to: "the topic salaries", route: { topics: ["salaries"] } },
  { to: "everyone", route: { global: true } },
  { to: "Payroll by name", route: { subscribers: ["Payroll"] } },
] as const;
const rows = pushes.map(async ({ to, route }) => ({
  "Bot pushes to": to,
  "by tool": await byTool(clerk, "push_context", { key: `tool: ${to}`, value: "…", ...route }),
  "by code": await byCode(bot.push(`code: ${to}`, "…", route)),
  "as readonly": await byTool(reader, "push_context", { key: to, value: "…", ...route }),
}));
console.log("");
printTable(await Promise.all(rows));

console.log(`\nIt subscribes to salaries again: ${await byCode(bot.subscribe(["salaries"]))}`);
await mesh.setPermissions("Bot", null);
console.log(`After clearing the permissions: ${await byCode(bot.subscribe(["salaries"]))}`);
await printView();
await mesh.close();
