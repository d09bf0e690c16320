SET statement_timeout = 0;
SELECT pg_catalog.set_config('search_path', '', false);
CREATE POLICY "tenant" ON "public"."documents" FOR SELECT TO "authenticated" USING (("tenant_id" = ((( SELECT "auth"."jwt"() AS "jwt") ->> 'tenant_id'::"text"))::"uuid"));
CREATE POLICY "owner" ON "public"."documents" USING ((( SELECT "auth"."uid"() AS "uid") = "owner"));
CREATE POLICY "roles" ON "public"."documents" USING (((( SELECT "auth"."jwt"() AS "jwt") ->> 'plan'::"text") = ANY (ARRAY['pro'::"text", 'team'::"text"])));
CREATE POLICY "list" ON "public"."documents" USING ((("title")::"text" = ANY ((ARRAY['a'::character varying, 'b'::character varying])::"text"[])));
