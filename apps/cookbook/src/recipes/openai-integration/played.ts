import type { Play } from "@syntha/testing-model-server";

/** Where there is no key: a model that shares, refunds and answers by what it is told. */
export const played: Play = ({ system, tools, turns, results }) => {
  // Strict tools want every argument; those that don't matter are null.
  const call = (name: string, args: object) => {
    const properties = tools.get(name)?.parameters["properties"] ?? {};
    const unused = Object.fromEntries(Object.keys(properties).map((key) => [key, null]));
    return { calls: [{ name, arguments: { ...unused, ...args } }] };
  };
  const told = JSON.parse(results.at(-1) ?? "{}");
  if (system.startsWith("You are Triage")) {
    if (turns.length > 0) return { text: `Passed on at revision ${told.revision}.` };
    const value = '{"customer":"Hilltop Bakery","wants":"refund","invoice":"A-17"}';
    return call("push_context", { key: "inquiry:1", value, topics: ["billing"] });
  }
  if (turns.length === 0) return call("get_context", { prefix: "inquiry:" });
  if (turns.length === 1) return call("refund", { invoice: told.context["inquiry:1"].invoice });
  if (turns.length === 2)
    return call("push_context", {
      key: "answer:1",
      value: `Refunded ${told.refunded} €.`,
      subscribers: ["Triage"],
    });
  return { text: "The refund is made, and Triage knows of it." };
};
