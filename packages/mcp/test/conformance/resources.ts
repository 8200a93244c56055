import type {
  ReadResourceResult,
  Resource,
  ResourceTemplateType,
} from "@modelcontextprotocol/server";
import { PNG } from "./content.ts";

export const resourceList: Resource[] = [
  { uri: "test://static-text", name: "static-text", mimeType: "text/plain" },
  { uri: "test://static-binary", name: "static-binary", mimeType: "image/png" },
  { uri: "test://watched-resource", name: "watched-resource", mimeType: "text/plain" },
];

export const templateList: ResourceTemplateType[] = [
  { uriTemplate: "test://template/{id}/data", name: "template", mimeType: "application/json" },
];

/** @returns undefined if it is none of the scenarios' */
export function readTestResource(uri: string): ReadResourceResult | undefined {
  if (uri === "test://static-binary")
    return { contents: [{ uri, mimeType: "image/png", blob: PNG }] };
  const id = /^test:\/\/template\/([^/]+)\/data$/.exec(uri)?.[1];
  if (id !== undefined) {
    const data = JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` });
    return { contents: [{ uri, mimeType: "application/json", text: data }] };
  }
  if (!resourceList.some((resource) => resource.uri === uri)) return undefined;
  const content = "This is the content of the static text resource.";
  return { contents: [{ uri, mimeType: "text/plain", text: content }] };
}
