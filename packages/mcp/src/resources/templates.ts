import {
  type ListResourceTemplatesResult,
  ProtocolError,
  ProtocolErrorCode,
} from "@modelcontextprotocol/server";
import { MIME_TYPE } from "./read-resource.ts";
import { URI_TEMPLATES } from "./resource-uri.ts";

/** One page, which no cursor continues. */
export function listTemplates(cursor: string | undefined): ListResourceTemplatesResult {
  if (cursor !== undefined)
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, "Invalid page token.");
  return {
    resourceTemplates: [
      {
        uriTemplate: URI_TEMPLATES.item,
        name: "item",
        description: "An item: its value, revision, author, state and route.",
        mimeType: MIME_TYPE,
      },
      {
        uriTemplate: URI_TEMPLATES.topic,
        name: "topic",
        description: "The items on a topic, with their values. `next` is the URI of the next page.",
        mimeType: MIME_TYPE,
      },
      {
        uriTemplate: URI_TEMPLATES.changes,
        name: "changes",
        description: "What changed since a cursor, and the next cursor.",
        mimeType: MIME_TYPE,
      },
    ],
  };
}
