// A reference to a stored column, typed by its entity: how the model points at what is stored without writing SQL.

type Entity = abstract new (...args: never[]) => object;

export type ColumnRef = Readonly<{ entity: Entity; property: string }>;

/** Points at a property of an entity; a property that does not exist does not compile. */
export function column<E extends Entity>(entity: E, property: keyof InstanceType<E> & string): ColumnRef {
  return Object.freeze({ entity, property });
}

export function sameColumn(a: ColumnRef, b: ColumnRef): boolean {
  return a.entity === b.entity && a.property === b.property;
}
