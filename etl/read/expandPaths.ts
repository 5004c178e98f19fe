// The files that are meant by paths and patterns.
export async function expandPaths(asked: readonly string[]): Promise<string[]> {
  return [...asked];
}
