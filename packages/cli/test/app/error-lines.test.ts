import type { ErrorCode } from "@syntha/core";
import { expect, it } from "vitest";
import { codeIn } from "../support/code-in.ts";
import { linesOf, synthaOn } from "../support/syntha.ts";
import { teamStorage } from "../support/team.ts";

const CURSOR_OF_ANOTHER = "c1.1.0.AAAA";

it.each<readonly [ErrorCode, string, readonly string[]]>([
  ["INVALID_CURSOR", "as --json printed it", ["tail", "--once", "--since", "bad"]],
  ["INVALID_CURSOR", "as --json printed it", ["tail", "--as", "Sales", "--since", "bad"]],
  ["INVALID_CURSOR", "as --json printed it", ["wait", "--since", CURSOR_OF_ANOTHER]],
  ["INVALID_CURSOR", "as --json printed it", ["events", "--since", "bad"]],
  ["INVALID_CURSOR", "Pass a position up to", ["ls", "--at", "999"]],
  ["NOT_FOUND", "syntha tasks --state failed lists the tasks", ["retry", "none"]],
  ["NOT_FOUND", "syntha tasks shows the tasks", ["release", "none"]],
  [
    "NOT_FOUND",
    "Push it first. An item that",
    ["push", "a", "1", "--global", "--depends-on", "no"],
  ],
  ["CONFLICT", "--if-revision", ["push", "policy", "1", "--if-revision", "1"]],
  ["TIMEOUT", "Sales may be busy or not running. The task was withdrawn.", ask("Sales")],
  ["TIMEOUT", "look for its name in the list of syntha agents.", ask("Newcomer")],
  ["TIMEOUT", 'Did you mean "Sales"?', ask("Slaes")],
  ["FORBIDDEN", "with syntha permissions", ["push", "a", "1", "--global", "--as", "Intern"]],
  ["FORBIDDEN", "with syntha permissions", ["subscribe", "customers", "--as", "Intern"]],
  ["FORBIDDEN", "with syntha permissions", ["say", "Sales", "Hello", "--as", "Intern"]],
  ["INVALID_ARGUMENTS", "Write a time such as", ["say", "Sales", "Hello", "--ttl", "soon"]],
  ["INVALID_ARGUMENTS", "Write a time such as", ["wait", "--timeout", "soon"]],
  ["INVALID_ARGUMENTS", "Write a time such as", ["compact", "--log", "soon"]],
  ["INVALID_ARGUMENTS", "--as system acts as the system", ["agents", "--as", "SYSTEM"]],
  ["INVALID_ARGUMENTS", "--as AGENT", ["unsubscribe", "customers", "--as", "system"]],
  ["INVALID_ROUTE", "--to AGENT", ["push", "a", "1", "--global", "--topic", "x"]],
  ["ROUTE_REQUIRED", "--to AGENT", ["push", "a", "1"]],
  ["INVALID_TENANT", "--tenant", ["ls", "--tenant", "x".repeat(300)]],
])("hints after %s in words of the command line: %s", async (code, hint, words) => {
  const on = synthaOn(await teamStorage());
  await on("permissions", "Intern", "--subscribe", "answers", "--post", "answers");
  const [error] = linesOf((await on(...words, "--json")).err) as { hint: string }[];
  expect(error).toMatchObject({ code, hint: expect.stringContaining(hint) });
  expect(codeIn(error?.hint ?? "")).toBeUndefined();
});

function ask(agent: string): readonly string[] {
  return ["say", agent, "Ready?", "--ask", "--timeout", "10ms"];
}

it("hints at the option that names the tenant of an import, or of a copy", async () => {
  const storage = await teamStorage();
  const input = (await synthaOn(storage)("export")).out;
  const imported = await synthaOn(storage, { input })("import", "-");
  expect(imported.err).toContain("TENANT_EXISTS\n  Choose another id with --tenant.\n");
  const copied = await synthaOn(storage)("copy", "--to-tenant", "default");
  expect(copied.err).toContain("TENANT_EXISTS\n  Choose another id with --to-tenant.\n");
});

it.each([
  [["bogus"], 'Unknown command "bogus".', "syntha --help lists the commands."],
  [["lss"], 'Unknown command "lss". Did you mean "ls"?', "syntha --help lists the commands."],
  [["ls", "--context", "x"], 'There is no saved context "x".', "syntha context list shows all."],
  [["get", "-x"], "Unknown option -x.", "Names that begin with a hyphen follow --."],
  [["push", "inquiry"], "VALUE is missing.", "Leave it out only to change the route"],
  [["push", "a", "{a", "--global"], "The value is not valid JSON.", "--text pushes it as a text."],
])("prints what is wrong with %j apart from what to do", async (words, error, hint) => {
  const on = synthaOn(await teamStorage());
  expect(linesOf((await on(...words, "--json")).err)).toEqual([
    { error, code: "USAGE", hint: expect.stringContaining(hint) },
  ]);
  expect((await on(...words)).err).toContain(`✗ ${error}  USAGE\n  ${hint}`);
});
