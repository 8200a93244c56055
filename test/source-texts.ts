import { globSync, readFileSync } from "node:fs";
import { type Node, parseSync, Visitor } from "oxc-parser";
import { root } from "./docs/code-blocks.ts";

/** A text in a program, with `${}` in place of what is filled in. */
export interface SourceText {
  readonly file: string;
  readonly text: string;
}

/** Stands for what a template fills in. */
export const FILLED = "${}";

export const sources = globSync("packages/*/src/**/*.ts", { cwd: root })
  .filter((file) => !file.startsWith("packages/storage-contract/"))
  .map((file) => ({
    file,
    program: parseSync(file, readFileSync(`${root}/${file}`, "utf8")).program,
  }));

/** All texts of all packages. */
export function allTexts(): SourceText[] {
  return sources.flatMap(({ file, program }) => textsIn(program).map((text) => ({ file, text })));
}

/** Hints in the source of a package: texts that an error gets as its hint. */
export function hintsOf(name: string): SourceText[] {
  return sources.flatMap(({ file, program }) => {
    if (!file.startsWith(`packages/${name}/`)) return [];
    const found = new Set<string>();
    const collect = (node: Node): void => {
      for (const text of textsIn(node)) if (isSentence(text)) found.add(text);
    };
    new Visitor({
      Property({ key, value }) {
        if (key.type === "Identifier" && key.name === "hint") collect(value);
      },
      AssignmentPattern({ left, right }) {
        if (left.type === "Identifier" && /^hint$|^whenAborted$/.test(left.name)) collect(right);
      },
      VariableDeclarator({ id, init }) {
        if (id.type === "Identifier" && /^(?!PROMPT|CONTEXT)[A-Z_]+$|^hint$/.test(id.name) && init)
          collect(init);
      },
      FunctionDeclaration({ id, body }) {
        if (id?.name.endsWith("Again") && body) collect(body);
      },
      CallExpression({ callee, arguments: args }) {
        const at = callee.type === "Identifier" ? TAKES_A_HINT[callee.name] : undefined;
        const hint = at === undefined ? undefined : args[at];
        if (hint !== undefined) collect(hint);
      },
    }).visit(program);
    return [...found].map((text) => ({ file, text }));
  });
}

/** Functions that take a hint, by the place of that argument. */
const TAKES_A_HINT: Readonly<Record<string, number>> = {
  bad: 2,
  checkAgentName: 1,
  checkRecord: 2,
  invalid: 2,
  mismatch: 1,
  wrongKind: 2,
};

/** Names of options, fields and functions in all packages. */
export function namesOfPackages(): ReadonlySet<string> {
  const names = new Set<string>();
  const add = (key: Node | null): void => {
    if (key?.type === "Identifier") names.add((key as { readonly name: string }).name);
  };
  for (const { program } of sources) {
    new Visitor({
      TSPropertySignature: ({ key }) => add(key),
      TSMethodSignature: ({ key }) => add(key),
      MethodDefinition: ({ key }) => add(key),
      Property: ({ key }) => add(key),
      FunctionDeclaration: ({ id, params }) => {
        add(id);
        for (const param of params)
          add(param.type === "AssignmentPattern" ? param.left : (param as Node));
      },
    }).visit(program);
  }
  return names;
}

/** Not a name or a type, and not only what is filled in. */
function isSentence(text: string): boolean {
  return text.includes(" ") && /[.}]$/.test(text) && /\w{3}/.test(text.replaceAll(FILLED, ""));
}

/** Texts in a piece of a program: plain ones, and templates. */
function textsIn(node: unknown): string[] {
  if (typeof node !== "object" || node === null) return [];
  if (Array.isArray(node)) return node.flatMap(textsIn);
  const { type } = node as Node;
  if (type === "Literal") {
    const { value } = node as { readonly value?: unknown };
    return typeof value === "string" ? [value] : [];
  }
  if (type === "TemplateLiteral") {
    const { quasis, expressions } = node as {
      readonly quasis: readonly { readonly value: { readonly cooked: string | null } }[];
      readonly expressions: readonly unknown[];
    };
    const whole = quasis.map(({ value }) => value.cooked ?? "").join(FILLED);
    return [whole, ...expressions.flatMap(textsIn)];
  }
  return Object.values(node).flatMap(textsIn);
}
