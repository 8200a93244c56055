import type { Cursor, EventListing, MeshEvent } from "@syntha/core";
import type { Cli } from "../cli.ts";
import type { PastReaderFlags } from "../commands/flags.ts";
import { openMesh, viewOf } from "../mesh/open-mesh.ts";
import { emptyText } from "../mesh/other-tenants.ts";
import { clockTime } from "../terminal/age.ts";
import { visible } from "../terminal/escape.ts";
import { preview } from "../terminal/json-view.ts";
import { type Cell, table } from "../terminal/table.ts";
import { authorCell, type ViewOptions } from "./items.ts";
import { routeText } from "./route-text.ts";

export interface EventsFlags extends PastReaderFlags {
  readonly type?: readonly string[] | undefined;
  readonly since?: string | undefined;
  readonly limit?: number | undefined;
}

/** `syntha events` */
export async function listEvents(this: Cli, flags: EventsFlags): Promise<void> {
  await using open = await openMesh(this, flags);
  const { type, since, limit = 100 } = flags;
  const listing = await viewOf(open.mesh, flags.as).events({
    ...(type !== undefined && type.length > 0 && { types: type }),
    since: since as Cursor | undefined,
    limit,
  });
  if (flags.json)
    return this.out.jsonAll([...listing.events, ...listing.corrupt, { cursor: listing.cursor }]);
  const { paint, width } = this.out;
  if (listing.events.length + listing.corrupt.length === 0)
    return this.out.print(paint("dim", await emptyText(open, "No events.")));
  this.out.print(eventLines(listing, { paint, width, now: open.now }));
  if (listing.events.length === limit)
    this.out.print(paint("dim", `More: --since ${listing.cursor}`));
}

/** Events as a table, oldest first. */
export function eventLines(
  { events, corrupt }: Pick<EventListing<MeshEvent>, "events" | "corrupt">,
  view: ViewOptions,
): readonly string[] {
  const rows = [
    ...events.map((event) => ({ event, data: preview(event.data, view.width) as Cell })),
    ...corrupt.map((event) => ({ event, data: ["damaged", "red"] as Cell })),
  ];
  return table(
    [
      { title: "TIME" },
      { title: "TYPE", min: 10 },
      { title: "FOR", min: 9 },
      { title: "BY", min: 6 },
      { title: "DATA", min: 12 },
    ],
    rows.map(({ event, data }): readonly Cell[] => [
      [clockTime(event.at, view.now), "dim"],
      [visible(event.type), "bold"],
      routeText(event),
      authorCell(event.author),
      data,
    ]),
    view,
  );
}
