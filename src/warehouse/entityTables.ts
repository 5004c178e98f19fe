// The stored objects as TypeORM describes them, and the names of their tables and columns for those who write SQL.
import "reflect-metadata";
import { getMetadataArgsStorage } from "typeorm";
import { ApiKey } from "./entities/ApiKey.ts";
import { AuditEntry } from "./entities/AuditEntry.ts";
import { CohortRetention } from "./entities/CohortRetention.ts";
import { Customer360 } from "./entities/Customer360.ts";
import { CustomerCell } from "./entities/CustomerCell.ts";
import { CustomerOutlook } from "./entities/CustomerOutlook.ts";
import { CustomerStanding } from "./entities/CustomerStanding.ts";
import { DimCustomer } from "./entities/DimCustomer.ts";
import { DimProduct } from "./entities/DimProduct.ts";
import { FactSale } from "./entities/FactSale.ts";
import { FollowUp } from "./entities/FollowUp.ts";
import { LoadRun } from "./entities/LoadRun.ts";
import { ModelCard } from "./entities/ModelCard.ts";
import { ProductPair } from "./entities/ProductPair.ts";
import { ProductWording } from "./entities/ProductWording.ts";
import { PublishedSnapshot } from "./entities/PublishedSnapshot.ts";
import { RejectedRow } from "./entities/RejectedRow.ts";
import { RevenueByMonth } from "./entities/RevenueByMonth.ts";
import { RfmSegment } from "./entities/RfmSegment.ts";
import { SalesCell } from "./entities/SalesCell.ts";
import { SalesOrder } from "./entities/SalesOrder.ts";
import { SegmentHistory } from "./entities/SegmentHistory.ts";
import { SegmentSummary } from "./entities/SegmentSummary.ts";
import { ServerSecret } from "./entities/ServerSecret.ts";
import { Snapshot } from "./entities/Snapshot.ts";

type Entity = abstract new (...args: never[]) => object;

/** Tables that no reader sees anything of, whatever the scope. */
export const ownerTables: readonly (new () => object)[] = Object.freeze([
  ApiKey,
  AuditEntry,
  ProductWording,
  SegmentHistory,
  ServerSecret,
]);

export const tableEntities: readonly (new () => object)[] = Object.freeze([
  FactSale,
  SalesOrder,
  CustomerCell,
  SalesCell,
  RfmSegment,
  DimCustomer,
  DimProduct,
  CustomerOutlook,
  ModelCard,
  CustomerStanding,
  ProductPair,
  FollowUp,
  Snapshot,
  PublishedSnapshot,
  LoadRun,
  RejectedRow,
  ...ownerTables,
]);

export const viewEntities: readonly (new () => object)[] = Object.freeze([
  Customer360,
  RevenueByMonth,
  CohortRetention,
  SegmentSummary,
]);

/** Tables of which each snapshot has a partition: those that grow with the orders, and what is read whole in an order of its own. For the others, less planning is worth more to readers. */
export const partitionedTables: readonly (new () => object)[] = Object.freeze([
  SalesOrder,
  CustomerCell,
  CustomerOutlook,
]);

/** Tables whose rows belong to one snapshot and are deleted with it. */
export function snapshotTables(): string[] {
  const others: readonly Entity[] = [PublishedSnapshot, LoadRun, AuditEntry, SegmentHistory, ...partitionedTables];
  return tableEntities.filter((entity) => !others.includes(entity) && hasColumn(entity, "snapshotId")).map(tableName);
}

function hasColumn(entity: Entity, property: string): boolean {
  return getMetadataArgsStorage().columns.some(
    (candidate) => candidate.target === entity && candidate.propertyName === property,
  );
}

const tableNames = new Map<Entity, string>();

/** The SQL name of an entity's table or view. */
export function tableName(entity: Entity): string {
  const known = tableNames.get(entity);
  if (known !== undefined) return known;
  const table = getMetadataArgsStorage().tables.find((candidate) => candidate.target === entity);
  if (!table?.name) throw new Error(`${entity.name} is not an entity with a table name.`);
  tableNames.set(entity, table.name);
  return table.name;
}

/** The SQL names of an entity's columns, in the order in which it declares them. */
export function columnsOf(entity: Entity): string[] {
  return getMetadataArgsStorage()
    .columns.filter((candidate) => candidate.target === entity)
    .map((candidate) => columnName(entity, candidate.propertyName));
}

/** The SQL names of the columns of an entity's primary key, in its order. */
export function keyColumnsOf(entity: Entity): string[] {
  return getMetadataArgsStorage()
    .columns.filter((candidate) => candidate.target === entity && candidate.options.primary)
    .map((candidate) => columnName(entity, candidate.propertyName));
}

/** A column as CREATE TABLE would have it. */
export type ColumnText = Readonly<{
  name: string;
  /** With its precision and its collation, as a cast may be followed by them. */
  type: string;
  isNullable: boolean;
}>;

/** The columns of an entity, in the order in which it declares them. */
export function columnTexts(entity: Entity): readonly ColumnText[] {
  return getMetadataArgsStorage()
    .columns.filter((candidate) => candidate.target === entity)
    .map(({ propertyName, options }) => {
      const { type, precision, array, collation, nullable = false } = options;
      const sized = precision === undefined || precision === null ? String(type) : `${String(type)}(${precision})`;
      return {
        name: columnName(entity, propertyName),
        type: `${sized}${array ? "[]" : ""}${collation ? ` COLLATE "${collation}"` : ""}`,
        isNullable: nullable,
      };
    });
}

/** What an entity declares of its rows beside their columns: the name of each constraint, and what it checks. */
export function checksOf(entity: Entity): readonly Readonly<{ name: string; expression: string }>[] {
  return getMetadataArgsStorage()
    .checks.filter((check) => check.target === entity)
    .map(({ name, expression }) => {
      if (name === undefined) throw new Error(`${entity.name} has a check without a name.`);
      return { name, expression };
    });
}

/** The SQL type of an entity's column, as it declares it. */
export function columnType(entity: Entity, property: string): string {
  return String(columnOptions(entity, property).type);
}

const columnNames = new Map<Entity, Map<string, string>>();

/** The SQL name of an entity's column. Every statement is made of these. */
export function columnName(entity: Entity, property: string): string {
  const names = columnNames.get(entity) ?? new Map<string, string>();
  columnNames.set(entity, names);
  const name = names.get(property) ?? columnOptions(entity, property).name;
  if (!name) throw new Error(`${entity.name} has no name for its column ${property}.`);
  names.set(property, name);
  return name;
}

function columnOptions(entity: Entity, property: string) {
  const found = getMetadataArgsStorage().columns.find(
    (candidate) => candidate.target === entity && candidate.propertyName === property,
  );
  if (!found) throw new Error(`${entity.name} has no column ${property}.`);
  return found.options;
}
