import { type BucketSql, bucketSql } from "./bucket.ts";
import type { Statement } from "../connections/statement.ts";
import { dropSql } from "./drop.ts";
import { type EventSql, eventSql } from "./event.ts";
import { type ItemSql, itemSql } from "./item.ts";
import { type LogSql, logSql } from "./log.ts";
import { quoted } from "./quoted.ts";
import { type TenantSql, tenantSql } from "./tenant.ts";
import { type TieSql, tieSql } from "./tie.ts";
import { type UsageSql, usageSql } from "./usage.ts";

/** Every statement for the tables of one schema. */
export interface Sql {
  readonly tenant: TenantSql;
  readonly item: ItemSql;
  readonly bucket: BucketSql;
  readonly tie: TieSql;
  readonly usage: UsageSql;
  readonly event: EventSql;
  readonly log: LogSql;
  readonly drop: readonly Statement[];
}

export function sqlFor(schemaName: string): Sql {
  const schema = quoted(schemaName);
  return {
    tenant: tenantSql(schema),
    item: itemSql(schema),
    bucket: bucketSql(schema),
    tie: tieSql(schema),
    usage: usageSql(schema),
    event: eventSql(schema),
    log: logSql(schema),
    drop: dropSql(schema),
  };
}
