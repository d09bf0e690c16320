// Runs one statement as a user with `withPostgresClient` of `@supabase/server`, as often as each line of the input
// says, and answers each line with the nanoseconds that it took.
import { createInterface } from 'node:readline'
import { defineMiddleware, pipeline } from '@supabase/middleware'
import { withPostgresClient } from '@supabase/server/middleware/postgres'

const [connectionString, user] = process.argv.slice(2)
const jwtClaims = { sub: user, role: 'authenticated' }
const withUser = defineMiddleware({ key: 'jwtClaims', run: () => async () => ({ jwtClaims }) })

const serve = pipeline([withUser(), withPostgresClient({ connectionString })], async (_request, { postgres }) => {
  for await (const line of createInterface({ input: process.stdin })) {
    const begun = process.hrtime.bigint()
    for (let call = 0; call < Number(line); call++) {
      const rows = await postgres.queryRaw('select body from notes where id = $1', [1])
      if (rows.length !== 1) throw new Error(`${rows.length} rows instead of one`)
    }
    process.stdout.write(`${process.hrtime.bigint() - begun}\n`)
  }
  return new Response()
})
const response = await serve(new Request('http://localhost/'))
if (response.status !== 200) throw new Error(await response.text())
process.exit(0)
