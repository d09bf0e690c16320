create policy later on documents using (true);
