// What a browser or a newcomer meets at `/`: where the graph is and how to get in, in the README's words. Plain text: nothing to
// load, nothing to run.

export function indexPage(origin: string): string {
  return `Consumer360: one customer view over a retail warehouse, as a typed GraphQL graph.

  ${origin}/graphql        the graph: POST, or GET for queries
  ${origin}/health/live    200 while the server runs
  ${origin}/health/ready   200 once there is something to ask

Every question needs a token. Whoever runs this server makes one, where it was started:

  TOKEN=$(npx consumer360 token --role analyst)

and sends it along:

  curl -s ${origin}/graphql \\
    -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' \\
    -d '{ "query": "{ kpis { grossRevenue orders customers averageOrderValue currency } segments { key customers grossRevenue } }" }'

Ask { me { role countries segments } } for what a token may see. The README has the roles and how to load a file of your own.
`;
}
