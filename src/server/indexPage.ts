// What a browser or a newcomer meets at `/`: where the graph is and how to get in. Plain text: nothing to load, nothing to run.

export function indexPage(origin: string): string {
  return `Consumer360: one customer view over a retail warehouse, as a typed graph.

  ${origin}/graphql        the graph: POST, or GET for queries
  ${origin}/health/live    200 while the server runs
  ${origin}/health/ready   200 once there is something to ask

Every question needs a token. Whoever runs this server makes one:

  npx consumer360 token --role analyst

and sends it along:

  curl ${origin}/graphql -H "Authorization: Bearer $TOKEN" \\
    -H "Content-Type: application/json" -d '{"query":"{ kpis { grossRevenue orders customers } }"}'
`;
}
