// The Edge Function `scoped-live`: answers with the user that it was called for. The platform has verified the token.
Deno.serve((request) => {
  const payload = request.headers.get('authorization')!.split('.')[1];
  const claims = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
  return Response.json({ user: claims.sub });
});
