import { type Node, Visitor } from "oxc-parser";
import { expect, it } from "vitest";
import { sources } from "./source-texts.ts";

/** Types that users fill in, by what their names end with. */
const OPTIONS =
  /(Options?|Settings|Input|Filter|Limits|Quota|Retention|Selection|MeshSchema|CompletionEvent|ClaimSource|Manner|ConsecutiveFailures|FailureRate|Origin|SqliteFile|UsersDatabase|ParseableTool|RunnableTool)$/;

/** A tenant's id that is given and undefined is refused, never taken for a default (R15). */
const REFUSED_WHEN_UNDEFINED = new Set(["MeshOptions.tenantId", "ImportOptions.tenantId"]);

interface Optional {
  readonly of: string;
  readonly accepts: boolean;
}

/** The optional properties of the types in a program, by the declaration that they stand in. */
function optionalsIn(program: Node): Optional[] {
  const found: Optional[] = [];
  const within: string[] = [];
  const enter = ({ id }: { readonly id: { readonly name: string } }): void =>
    void within.push(id.name);
  const leave = (): void => void within.pop();
  new Visitor({
    TSInterfaceDeclaration: enter,
    "TSInterfaceDeclaration:exit": leave,
    TSTypeAliasDeclaration: enter,
    "TSTypeAliasDeclaration:exit": leave,
    TSPropertySignature({ key, computed, optional, typeAnnotation }) {
      const name = within.at(-1);
      // A computed key marks an opaque text.
      if (!optional || computed || key.type !== "Identifier") return;
      if (name === undefined || !OPTIONS.test(name)) return;
      const type: Node | undefined = typeAnnotation?.typeAnnotation;
      const accepts = type === undefined || (isOptional(type) && !hasPartial(type));
      found.push({ of: `${name}.${key.name}`, accepts });
    },
  }).visit(program as never);
  return found;
}

function isOptional(type: Node): boolean {
  if (type.type === "TSUnionType") return type.types.some(isOptional);
  return ["TSUndefinedKeyword", "TSUnknownKeyword"].includes(type.type);
}

/** `Partial` makes fields optional, and not undefined. */
function hasPartial(type: Node): boolean {
  if (type.type === "TSUnionType") return type.types.some(hasPartial);
  return (
    type.type === "TSTypeReference" &&
    type.typeName.type === "Identifier" &&
    type.typeName.name === "Partial"
  );
}

it("declares options as optional or undefined, for exactOptionalPropertyTypes", () => {
  const optionals = sources.flatMap(({ program }) => optionalsIn(program));
  const strict = optionals.filter(({ accepts }) => !accepts).map(({ of }) => of);
  expect(optionals.length).toBeGreaterThan(150);
  expect(strict.filter((of) => !REFUSED_WHEN_UNDEFINED.has(of))).toEqual([]);
});
