create trigger guard before update on documents for each row
    when (new.org <> auth.jwt() ->> 'tenant') execute function refuse();
