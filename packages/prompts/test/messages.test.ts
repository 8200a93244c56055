import {
  CONTEXT_INSTRUCTIONS,
  fillPrompt,
  placeContext,
  PROMPT_TEMPLATES,
  promptMessages,
  renderContext,
  systemPrompt,
} from "@syntha/prompts";
import { o200kTokens } from "@syntha/prompts/tokenizer";
import { describe, expect, it } from "vitest";
import { freshMesh } from "./support/mesh.ts";

describe("systemPrompt", () => {
  it("puts header and instructions before the prompt", () => {
    expect(systemPrompt()).toBe(CONTEXT_INSTRUCTIONS);
    expect(systemPrompt("")).toBe(CONTEXT_INSTRUCTIONS);
    expect(systemPrompt("You are Triage.")).toBe(`${CONTEXT_INSTRUCTIONS}\n\nYou are Triage.`);
    expect(
      systemPrompt("You are Triage.", { header: "# Context", instructions: "{Read} it." }),
    ).toBe("# Context\n{Read} it.\n\nYou are Triage.");
  });

  it("uses at most 260 tokens", () => {
    expect(o200kTokens(CONTEXT_INSTRUCTIONS)).toBeLessThanOrEqual(260);
  });
});

describe("promptMessages", () => {
  it("puts context into the user message only", async () => {
    const { mesh } = freshMesh();
    await mesh.agent("Ann").push("inquiry", "SECRET", { global: true });
    const { messages, included } = await promptMessages(mesh.agent("Worker"), {
      system: "You are Worker.",
      message: "What is new?",
      mark: "m1",
    });
    const { text } = await renderContext(mesh.agent("Worker"), { mark: "m1" });
    expect(messages).toEqual([
      { role: "system", content: systemPrompt("You are Worker.") },
      { role: "user", content: `${text}\n\nWhat is new?` },
    ]);
    expect(messages[0]?.content).not.toContain("SECRET");
    expect(included.map(({ key }) => key)).toEqual(["inquiry"]);
  });

  it("returns the same system message for any context", async () => {
    const { mesh } = freshMesh();
    const before = await promptMessages(mesh.agent("Ann"), { system: "You are Ann." });
    await mesh.system.push("a", 1, { global: true });
    const after = await promptMessages(mesh.agent("Ann"), { system: "You are Ann." });
    expect(after.messages[0]).toEqual(before.messages[0]);
  });

  it("selects by age", async () => {
    const { mesh, clock } = freshMesh();
    await mesh.system.push("old", 1, { global: true });
    clock.advance("2h");
    await mesh.system.push("new", 1, { global: true });
    const { messages } = await promptMessages(mesh.agent("Ann"), { maxAge: "1h", message: "Go." });
    expect(messages[1]?.content).toContain('"new"');
    expect(messages[1]?.content).not.toContain('"old"');
  });

  it("returns no user message without context and message", async () => {
    const { mesh } = freshMesh();
    const { messages } = await promptMessages(mesh.agent("Ann"));
    expect(messages.map(({ role }) => role)).toEqual(["system"]);
    const { messages: second } = await promptMessages(mesh.agent("Ann"), { message: "Hello." });
    expect(second[1]).toEqual({ role: "user", content: "Hello." });
  });
});

describe("placeContext", () => {
  it.each([
    ["before the prompt", "prepend", "CONTEXT\n\nPrompt {{context}}"],
    ["after the prompt", "append", "Prompt {{context}}\n\nCONTEXT"],
    ["in its placeholder", undefined, "Prompt CONTEXT"],
    ["in a custom placeholder", { placeholder: "Prompt" }, "CONTEXT {{context}}"],
  ] as const)("inserts the text %s", (_, place, whole) => {
    expect(placeContext("Prompt {{context}}", "CONTEXT", place)).toBe(whole);
  });

  it("replaces each placeholder literally", () => {
    const text = "$& $1 {{context}} {x} %s";
    expect(placeContext("{{context}} and {{context}}", text)).toBe(`${text} and ${text}`);
    expect(placeContext("a.c abc", text, { placeholder: "a.c" })).toBe(`${text} abc`);
  });

  it("adds nothing for an empty text", () => {
    expect(placeContext("Prompt", "", "prepend")).toBe("Prompt");
    expect(placeContext("Prompt", "", "append")).toBe("Prompt");
    expect(placeContext("Prompt{{context}}", "")).toBe("Prompt");
  });

  it("does not replace placeholders inside values", async () => {
    const { mesh } = freshMesh();
    const worker = mesh.agent("Worker");
    await mesh.agent("Ann").push("a", "{{b}} {{tone}} {{context}}", { global: true });
    await mesh.agent("Ann").push("b", 2, { global: true });
    const { text } = await renderContext(worker, { keys: ["a"] });
    const filled = await fillPrompt(worker, `{{tone}}\n${text}`, { values: { tone: "plain" } });
    expect(filled.text).toBe(`plain\n${text}`);
    const inline = await fillPrompt(worker, "{{a}}");
    expect(placeContext(`${inline.text}\n{{context}}`, "CONTEXT")).toBe(`${inline.text}\nCONTEXT`);
  });

  it("refuses a prompt without the placeholder", () => {
    for (const place of [undefined, { placeholder: "" }, { placeholder: "[here]" }])
      expect(() => placeContext("Prompt", "CONTEXT", place)).toThrow(
        expect.objectContaining({ code: "INVALID_ARGUMENTS" }),
      );
  });

  it.each(Object.entries(PROMPT_TEMPLATES))("fills the template %s", (_, template) => {
    expect(placeContext(template, "CONTEXT")).toContain("CONTEXT");
    expect(placeContext(template, "CONTEXT")).not.toContain("{{");
  });
});

describe("fillPrompt", () => {
  it("inserts fenced items and literal values", async () => {
    const { mesh } = freshMesh();
    await mesh.agent("Ann").push("inquiry", { customer: "BigCo" }, { global: true });
    const { text, included, missing } = await fillPrompt(
      mesh.agent("Worker"),
      "Answer {{ inquiry }} in {{tone}}, please.",
      { values: { tone: "plain {{inquiry}} $&" }, mark: "m1" },
    );
    expect(text).toBe(
      'Answer <context mark="m1">{"key":"inquiry","author":"Ann","revision":1,"updatedAt":"2030-01-01T00:00:00Z","value":{"customer":"BigCo"}}</context mark="m1"> in plain {{inquiry}} $&, please.',
    );
    expect(included.map(({ key }) => key)).toEqual(["inquiry"]);
    expect(missing).toEqual([]);
  });

  it("replaces missing and hidden items with the fallback", async () => {
    const { mesh } = freshMesh();
    await mesh.agent("Ann").push("hidden", "SECRET", { subscribers: ["Bea"] });
    const worker = mesh.agent("Worker");
    const template = "{{hidden}} {{none}} {{none}}";
    const filled = await fillPrompt(worker, template, { fallback: (key) => `[no ${key}]` });
    expect(filled.text).toBe("[no hidden] [no none] [no none]");
    expect(filled.missing).toEqual(["hidden", "none"]);
    const plain = await fillPrompt(worker, template);
    expect(plain.text).toBe("(not available) (not available) (not available)");
    expect((await fillPrompt(worker, template, { fallback: "" })).text).toBe("  ");
  });

  const braces = ["{", "}", "{}", "{{}}", "{{", "}}", "{{{}}}", "{0} {name} ${x} %s {% if %}"];
  it.each([...braces, '{"json": {"a": {}}}'])(
    "leaves other braces unchanged: %s",
    async (template) => {
      const { mesh } = freshMesh();
      expect((await fillPrompt(mesh.agent("Ann"), template)).text).toBe(template);
    },
  );

  it("reports invalid keys as missing and finds the others", async () => {
    const { mesh } = freshMesh();
    await mesh.system.push("a", 1, { global: true });
    const long = "x".repeat(300);
    const { missing, included } = await fillPrompt(
      mesh.agent("Ann"),
      `{{\0}} {{${long}}} {{a}} {{\uD800}} {{ }}`,
    );
    expect(missing).toEqual(["\0", long, "\uD800", ""]);
    expect(included.map(({ key }) => key)).toEqual(["a"]);
  });

  it("stays within the budget and reports omitted items", async () => {
    const { mesh } = freshMesh();
    await mesh.system.push("large", "word ".repeat(1_000), { global: true });
    for (const key of ["a", "b", "c"])
      await mesh.system.push(key, "word ".repeat(100), { global: true });
    const { text, included, omitted } = await fillPrompt(
      mesh.agent("Ann"),
      "{{large}} {{a}} {{b}} {{c}}",
      { budget: { tokens: 400, count: o200kTokens }, fallback: "-" },
    );
    expect(included.map(({ key }) => key)).toEqual(["a", "b"]);
    const reasons = omitted.map(({ key, reason }) => `${key}: ${reason}`);
    expect(reasons).toEqual(["large: too_large", "c: budget"]);
    expect(text).toMatch(/^- .* -$/);
  });
});
