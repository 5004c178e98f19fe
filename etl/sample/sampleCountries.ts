// Where the sample's customers live: a home market that dominates, some neighbours, and a few countries with a
// handful of customers each, so that small groups are there to be looked at.

type SampleCountry = {
  readonly name: string;
  /** Customers out of 10,000 … */
  readonly share: number;
  /** … or a fixed number of them, whatever the size of the sample. */
  readonly customers: number;
  /** The non-product line that its orders carry for the freight. */
  readonly freight: "POST" | "C2" | null;
};

function country(name: string, share: number, customers = 0, freight: SampleCountry["freight"] = "POST") {
  return Object.freeze({ name, share, customers, freight });
}

/** The home country is the first. */
export const sampleCountries: readonly SampleCountry[] = Object.freeze([
  country("United Kingdom", 8790, 0, null),
  country("Germany", 245),
  country("France", 225),
  country("EIRE", 95, 0, "C2"),
  country("Spain", 90),
  country("Netherlands", 80),
  country("Belgium", 80),
  country("Switzerland", 60),
  country("Portugal", 60),
  country("Italy", 60),
  country("Sweden", 45),
  country("Austria", 45),
  country("Norway", 40),
  country("Denmark", 35),
  country("Channel Islands", 30, 0, "C2"),
  country("Finland", 30),
  country("Australia", 0, 4),
  country("Poland", 0, 4),
  country("Japan", 0, 4),
  country("USA", 0, 4),
  country("Cyprus", 0, 3),
  country("Greece", 0, 3),
  country("Canada", 0, 2),
  country("Israel", 0, 2),
  country("Malta", 0, 2),
  country("United Arab Emirates", 0, 2),
  country("Singapore", 0, 1),
  country("Iceland", 0, 1),
  country("Brazil", 0, 1),
]);

export function countryNamed(name: string): number {
  const index = sampleCountries.findIndex((each) => each.name === name);
  if (index < 0) throw new RangeError(`Not a country of the sample: ${name}`);
  return index;
}
