// Shows that every view publishes members that exist, each once, and nothing about single customers beside anything but the customer.
import type { Declarations } from "./declarations.ts";

/** Throws an Error that names the declaration at fault. */
export function proveViews({ views, measures, dimensions }: Declarations): void {
  for (const view of views) {
    const who = `The view ${view.entity.name}`;
    if (views.some((other) => other !== view && other.entity === view.entity))
      throw new Error(`${who} is declared twice.`);
    const members: readonly string[] = [...view.dimensions, ...view.measures];
    const twice = members.find((name, index) => members.indexOf(name) !== index);
    if (twice !== undefined) throw new Error(`${who} names ${twice} twice.`);
    for (const name of view.dimensions)
      if (!Object.hasOwn(dimensions, name))
        throw new Error(`${who} names the dimension ${name}, which does not exist.`);
    for (const name of view.measures)
      if (!Object.hasOwn(measures, name)) throw new Error(`${who} names the measure ${name}, which does not exist.`);
    for (const name of Object.keys(view.columns ?? {}))
      if (!members.includes(name)) throw new Error(`${who} names a column for ${name}, which it does not publish.`);
    const personal = view.measures.find((name) => measures[name]?.sensitivity === "personal");
    if (personal !== undefined && !view.dimensions.some((name) => dimensions[name]?.kind === "customer"))
      throw new Error(`${who} publishes ${personal}, a figure of single customers, without the customer.`);
  }
}
