// GraphQL over the tables of the local server: PostGraphile, with the roles and claims that PostgREST would set. Its
// schema is not that of `pg_graphql`.
//
// Configuration: { database, schemas, secret, keys, publishable }; `database` is the URL of a login role that may take
// the roles of tokens, as `authenticator` may. It may come with a second line of configuration.
import { createServer } from 'node:http';
import { configuration, listen } from '../node_server.mjs';
import { load } from '../peers/packages.mjs';
import { verifier } from '../tokens.mjs';

const { postgraphile } = load('postgraphile');
/** What PostgREST says about a token. */
const REFUSALS = {
  api_key: { code: 'PGRST301', message: 'Invalid API key' },
  expired: { code: 'PGRST303', message: 'JWT expired' },
  invalid: { code: 'PGRST301', message: 'No suitable key or wrong key type' },
};

const answer = (response, status, body) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

const OPTIONS = {
  graphqlRoute: '/graphql/v1',
  graphiql: false,
  disableQueryLog: true,
  dynamicJson: true,
  setofFunctionsContainNulls: false,
  pgSettings: ({ claims }) => ({
    role: claims?.role ?? 'anon',
    'request.jwt.claims': JSON.stringify(claims ?? {}),
    'request.jwt.claim.sub': claims?.sub ?? '',
  }),
  handleErrors: (errors) =>
    errors.map(({ message, locations, path, originalError }) => ({
      message,
      locations,
      path,
      extensions: originalError?.code ? { code: originalError.code } : undefined,
    })),
};

let graphql, verify;
function configure({ database, schemas = ['public'], ...keys }) {
  if (database) graphql = postgraphile(database, schemas, OPTIONS);
  verify = verifier(keys);
}
configure(await configuration(configure));

const server = createServer(async (request, response) => {
  try {
    request.claims = await verify(request.headers);
  } catch (refusal) {
    return answer(response, 401, REFUSALS[refusal.message]);
  }
  return graphql(request, response, () => answer(response, 404, { code: 'NOT_FOUND', message: 'no such path' }));
});

listen(server);
