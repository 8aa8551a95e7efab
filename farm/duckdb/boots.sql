-- The boots of a farm, one row each, from JSON lines (`proberace scan --format jsonl`) or the Parquet of farm/spark. Before the other files:
--   duckdb -c "set variable rows = 'rows.jsonl'" -c ".read boots.sql" -c ".read rates.sql"
create or replace temp view boots as
select any_value(coalesce(labels['board'], regexp_replace(hardware, ' \(DT\)$', ''), 'unknown')) as board,
       any_value(coalesce(labels['kernel'], kernel, 'unknown')) as kernel,
       any_value(path) as path, hash, boot, bool_or(eligible.value) as eligible,
       any_value(findings) as findings
from (select * replace (cast(labels as json)::map(varchar, varchar) as labels)
      from read_json(getvariable('rows'), format = 'newline_delimited', union_by_name = true, maximum_object_size = 67108864)
      where schema = 'proberace/scan@1')
where hash is not null
-- The same boot under two names is one.
group by hash, boot;
