import type { Play } from "@syntha/testing-model-server";

/** Without an API key: a scripted model that shares, refunds and answers. */
export const played: Play = ({ system, tools, turns, results }) => {
  // Strict tools require every argument; unused ones are null.
  const call = (name: string, args: object) => {
    const properties = tools.get(name)?.parameters["properties"] ?? {};
    const unused = Object.fromEntries(Object.keys(properties).map((key) => [key, null]));
    return { calls: [{ name, arguments: { ...unused, ...args } }] };
  };
  const result = JSON.parse(results.at(-1) ?? "{}");
  if (system.startsWith("You are Triage")) {
    if (turns.length > 0) return { text: `Passed on at revision ${result.revision}.` };
    const value = '{"customer":"Hilltop Bakery","wants":"refund","invoice":"A-17"}';
    return call("push_context", { key: "inquiry:1", value, topics: ["billing"] });
  }
  if (turns.length === 0) return call("get_context", { prefix: "inquiry:" });
  if (turns.length === 1) return call("refund", { invoice: result.context["inquiry:1"].invoice });
  if (turns.length === 2)
    return call("push_context", {
      key: "answer:1",
      value: `Refunded ${result.refunded} €.`,
      subscribers: ["Triage"],
    });
  return { text: "The refund is complete, and Triage is informed." };
};
